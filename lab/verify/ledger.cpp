#include "lab/verify/ledger.h"

#include <fmt/format.h>

#include <algorithm>

#include "lab/base/text.h"
#include "lab/verify/annotations.h"

namespace echolab::verify {

namespace {

constexpr std::uint64_t context_before = 8;  // bytes shown before the difference
constexpr std::size_t context_bytes = 64;
constexpr std::size_t longest_excerpt = 64;  // characters

Incident about_message(std::uint32_t number, const MessageState& state) {
  Incident incident;
  incident.message = number;
  incident.request_packet = state.request_packet;
  incident.packet = state.echo_packet;
  return incident;
}

void settle_message(ExchangeState& exchange, std::uint32_t number) {
  MessageState& state = exchange.message(number);
  if (!state.on_wire()) {
    exchange.add(Trouble::unsent, about_message(number, state));
    return;
  }
  ++exchange.sent;
  if (state.has(MessageState::echoed)) {
    ++exchange.echoed;
  } else if (state.has(MessageState::late)) {
    ++exchange.late;
  } else if (state.has(MessageState::altered)) {
    ++exchange.altered;
  } else if (state.has(MessageState::unverified)) {
    ++exchange.unverified;
    exchange.add(Trouble::unverified, about_message(number, state));
  } else {
    ++exchange.lost;
    exchange.add(Trouble::lost, about_message(number, state));
  }
}

}  // namespace

void Incidents::add(Incident incident) {
  for (const std::uint64_t packet : {incident.request_packet, incident.packet}) {
    if (packet != 0 && packets.size() < packets_kept) packets.push_back(packet);
  }
  if (count++ == 0) first = std::move(incident);
}

MessageState& ExchangeState::message(std::uint32_t number) {
  if (messages_.size() < number) messages_.resize(number);
  return messages_[number - 1];
}

const MessageState* ExchangeState::find_message(std::uint32_t number) const {
  return number >= 1 && number <= messages_.size() ? &messages_[number - 1] : nullptr;
}

const Incidents* ExchangeState::find(Trouble trouble) const {
  const auto at = troubles.find(trouble);
  return at == troubles.end() ? nullptr : &at->second;
}

std::uint64_t ExchangeState::count(Trouble trouble) const {
  const Incidents* incidents = find(trouble);
  return incidents == nullptr ? 0 : incidents->count;
}

Ledger::Ledger(const plan::Plan& the_plan) : plan(the_plan) {
  exchanges.resize(plan.exchanges.size());
  for (std::size_t i = 0; i < exchanges.size(); ++i) {
    const plan::Exchange& planned = plan.exchanges[i];
    const plan::Node& node = plan.nodes.at(planned.client_node);
    exchanges[i].plan = &planned;
    exchanges[i].index = static_cast<std::uint32_t>(i);
    exchanges[i].subject = node.name;
  }
  // "client-3#2" only where a container holds several clients.
  for (std::size_t i = 0; i < exchanges.size(); ++i) {
    const auto& planned = plan.exchanges[i];
    const bool several =
        planned.client > 1 || (i + 1 < exchanges.size() && plan.exchanges[i + 1].client_node == planned.client_node);
    if (several) exchanges[i].subject += fmt::format("#{}", planned.client);
  }
}

void Ledger::settle() {
  for (ExchangeState& exchange : exchanges) {
    for (Incident& incident : exchange.altered_pending) exchange.add(Trouble::altered, std::move(incident));
    exchange.altered_pending.clear();
    for (auto& [message, incident] : exchange.late_pending) {
      if (!exchange.message(message).has(MessageState::echoed)) exchange.add(Trouble::late, std::move(incident));
    }
    exchange.late_pending.clear();
    const std::uint32_t seen = std::min(exchange.highest, exchange.plan->messages);
    for (std::uint32_t number = 1; number <= seen; ++number) settle_message(exchange, number);
    if (seen < exchange.plan->messages) {
      Incident rest;
      rest.message = seen + 1;
      exchange.add(Trouble::unsent, rest);
      exchange.troubles[Trouble::unsent].count += exchange.plan->messages - seen - 1;
    }
    if (annotations != nullptr) {
      for (const Request& request : exchange.open) annotations->add_unanswered(exchange, request);
    }
    exchange.open = {};
    exchange.answered = {};
  }
}

std::string excerpt(std::string_view bytes, std::uint64_t difference, std::uint64_t skipped) {
  std::size_t begin = 0;
  if (difference > skipped + context_before) {
    begin = std::min(bytes.size(), static_cast<std::size_t>(difference - skipped - context_before));
    // Back to the first byte of a character, so that a cut in Korean text is not shown as broken bytes.
    for (int i = 0; i < 3 && begin > 0 && begin < bytes.size() && (bytes[begin] & '\xc0') == '\x80'; ++i) --begin;
  }
  const std::string text = escape_for_terminal(bytes.substr(begin, context_bytes));
  const auto characters = split_characters(text);
  const bool cut_before = begin + skipped > 0;
  const bool cut_after = begin + context_bytes < bytes.size();
  std::string out = cut_before ? "…" : "";
  const std::size_t room = longest_excerpt - (cut_before ? 1 : 0);
  const bool fits = characters.size() <= room && !cut_after;
  for (std::size_t i = 0; i < characters.size() && i < (fits ? room : room - 1); ++i) out += characters[i];
  if (!fits) out += "…";
  return out;
}

std::string excerpt(Bytes bytes, std::uint64_t difference) {
  return excerpt(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()), difference);
}

}  // namespace echolab::verify

#include "lab/verify/wire_probes.h"

#include <algorithm>

#include "lab/base/cp949.h"
#include "lab/scenario/check_kinds.h"
#include "lab/verify/subject_texts.h"

namespace echolab::verify {

namespace {

std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool looks_at(scenario::PayloadStreams in, capture::Direction direction) {
  if (in == scenario::PayloadStreams::both) return true;
  return (in == scenario::PayloadStreams::requests) == (direction == capture::Direction::to_server);
}

}  // namespace

TextSearch::TextSearch(const plan::Exchange& exchange, std::vector<std::string> needles, bool per_message)
    : exchange_(&exchange), needles_(std::move(needles)), per_message_(per_message) {
  for (const std::string& needle : needles_) longest_ = std::max(longest_, needle.size());
}

bool TextSearch::find(std::string_view text) {
  for (std::size_t i = 0; i < needles_.size(); ++i) {
    if (text.find(needles_[i]) == std::string_view::npos) continue;
    if (facts_.with == 0) facts_.needle = i;
    return true;
  }
  return false;
}

void TextSearch::datagram(Bytes payload, std::uint64_t length, std::uint64_t packet) {
  if (find(as_text(payload))) {
    if (facts_.with++ == 0) facts_.first_with = packet;
  } else if (payload.size() < length) {
    ++facts_.unknown;
  } else if (facts_.without++ == 0) {
    facts_.first_without = packet;
  }
}

// Messages without bytes are passed at once: no text is in them.
void TextSearch::enter_message() {
  while (left_ == 0 && message_ < exchange_->messages) {
    left_ = ExpectedPayload(*exchange_).size(++message_);
    found_ = damaged_ = false;
    carry_.clear();
    if (left_ == 0) leave_message(0);
  }
}

void TextSearch::leave_message(std::uint64_t packet) {
  if (found_) {
    if (facts_.with++ == 0) facts_.first_with = found_packet_;
  } else if (damaged_) {
    ++facts_.unknown;
  } else if (facts_.without++ == 0) {
    facts_.first_without = packet;
    facts_.first_message_without = message_;
  }
}

void TextSearch::search_piece(std::string_view piece, std::uint64_t packet) {
  if (found_ || longest_ == 0) return;
  // Over the seam first: the end of what went by and the beginning of this.
  if (!carry_.empty()) {
    std::string seam = carry_;
    seam += piece.substr(0, longest_ - 1);
    found_ = find(seam);
  }
  found_ = found_ || find(piece);
  if (found_) found_packet_ = packet;
  if (found_ && !per_message_) {
    facts_.with = 1;
    facts_.first_with = packet;
  }
  const std::size_t keep = longest_ - 1;
  if (piece.size() >= keep) {
    carry_ = piece.substr(piece.size() - keep);
  } else {
    carry_ += piece;
    if (carry_.size() > keep) carry_.erase(0, carry_.size() - keep);
  }
}

void TextSearch::stream(Bytes bytes, std::uint64_t packet) {
  if (!per_message_) return search_piece(as_text(bytes), packet);
  std::string_view rest = as_text(bytes);
  for (enter_message(); left_ > 0 && !rest.empty(); enter_message()) {
    const std::string_view piece =
        rest.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, rest.size())));
    search_piece(piece, packet);
    rest.remove_prefix(piece.size());
    left_ -= piece.size();
    if (left_ == 0) leave_message(packet);
  }
}

void TextSearch::gap(std::uint64_t length) {
  if (!per_message_) {
    carry_.clear();
    if (!found_) ++facts_.unknown;
    return;
  }
  for (enter_message(); left_ > 0 && length > 0; enter_message()) {
    const std::uint64_t piece = std::min(left_, length);
    damaged_ = true;
    carry_.clear();
    length -= piece;
    left_ -= piece;
    if (left_ == 0) leave_message(0);
  }
}

std::vector<std::string> needles_of(const scenario::PayloadTerms& terms, const plan::Plan& plan,
                                    const plan::Exchange& exchange) {
  const std::string text = fill_for(terms.text, plan, &plan.nodes.at(exchange.client_node), &exchange,
                                    plan.nodes[exchange.client_node].name);
  std::vector<std::string> needles;
  if (terms.encoding != scenario::Encoding::cp949) needles.push_back(text);
  if (terms.encoding != scenario::Encoding::utf8) {
    const auto other = to_cp949(text);
    if (other && (needles.empty() || needles.front() != *other)) needles.push_back(*other);
  }
  return needles;
}

WireProbes::WireProbes(const plan::Plan& plan) : by_exchange_(plan.exchanges.size()) {
  using capture::Direction;
  for (const plan::Check& check : plan.checks) {
    const auto* const payload = std::get_if<scenario::PayloadTerms>(&check.terms);
    const auto* const header = std::get_if<scenario::HeaderTerms>(&check.terms);
    if (payload == nullptr && (header == nullptr || !header->length)) continue;
    for (std::size_t i = 0; i < plan.exchanges.size(); ++i) {
      const plan::Exchange& exchange = plan.exchanges[i];
      if (!check.applies_to_group(plan.nodes.at(exchange.client_node).group)) continue;
      if (header != nullptr && exchange.protocol == Transport::udp) {
        by_exchange_[i].lengths.push_back({check.id, *header->length, {}});
      }
      if (payload == nullptr) continue;
      for (const Direction direction : {Direction::to_server, Direction::to_client}) {
        if (!looks_at(payload->in, direction)) continue;
        by_exchange_[i].texts.push_back(
            {check.id, direction, TextSearch(exchange, needles_of(*payload, plan, exchange), payload->all_messages)});
      }
    }
  }
}

void WireProbes::datagram(const ExchangeState& exchange, capture::Direction direction,
                          const capture::UdpDatagram& datagram) {
  Probes& probes = by_exchange_[exchange.index];
  for (TextProbe& probe : probes.texts) {
    if (probe.direction == direction) probe.search.datagram(datagram.payload, datagram.length, datagram.frame.number);
  }
  if (direction != capture::Direction::to_server) return;
  constexpr std::uint32_t udp_header = 8;
  for (LengthProbe& probe : probes.lengths) {
    if (datagram.length + udp_header == probe.wanted) continue;
    if (probe.facts.wrong.count == 0) probe.facts.first_got = datagram.length + udp_header;
    probe.facts.wrong.add(datagram.frame.number);
  }
}

void WireProbes::stream(const ExchangeState& exchange, capture::Direction direction, Bytes bytes,
                        const capture::Frame& packet) {
  for (TextProbe& probe : by_exchange_[exchange.index].texts) {
    if (probe.direction == direction) probe.search.stream(bytes, packet.number);
  }
}

void WireProbes::gap(const ExchangeState& exchange, capture::Direction direction, std::uint64_t length) {
  for (TextProbe& probe : by_exchange_[exchange.index].texts) {
    if (probe.direction == direction) probe.search.gap(length);
  }
}

const TextFacts* WireProbes::text(const plan::Check& check, const ExchangeState& exchange,
                                  capture::Direction direction) const {
  for (const TextProbe& probe : by_exchange_[exchange.index].texts) {
    if (probe.check == check.id && probe.direction == direction) return &probe.search.facts();
  }
  return nullptr;
}

const LengthFacts* WireProbes::length(const plan::Check& check, const ExchangeState& exchange) const {
  for (const LengthProbe& probe : by_exchange_[exchange.index].lengths) {
    if (probe.check == check.id) return &probe.facts;
  }
  return nullptr;
}

}  // namespace echolab::verify

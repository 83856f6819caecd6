#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "lab/base/text.h"
#include "lab/scenario/check_kinds.h"
#include "lab/verify/check.h"

namespace echolab::verify {

namespace {

constexpr std::size_t most_evidence = 16;

}  // namespace

const NetworkEvidence& CheckContext::capture_of(const ExchangeState& exchange) const {
  return wire.networks.at(run.plan.nodes.at(exchange.plan->client_node).network);
}

std::string CheckContext::doubt_of_absence(const ExchangeState& exchange) const {
  const NetworkEvidence& capture = capture_of(exchange);
  if (!capture.complete) return capture.why;
  for (const std::size_t node : {exchange.plan->client_node, exchange.plan->server_node}) {
    if (nodes.at(node).never_started) {
      return fmt::format("{} was never started: {}", run.plan.nodes[node].name,
                         escape_for_terminal(nodes[node].exit.error));
    }
  }
  if (!run.engine.finished) return "the run was ended before the clients were";
  if (exchange.tcp.missing > 0) {
    return fmt::format("{} of the connection were acknowledged but not captured",
                       counted(exchange.tcp.missing, "byte", "bytes"));
  }
  if (exchange.tcp.unseen) return "the connection has bytes that were not captured or not followed";
  return {};
}

bool CheckContext::concerns(const plan::Check& check, const ExchangeState& exchange) const {
  const auto protocol = scenario::facts_of(check.kind).protocol;
  if (protocol && *protocol != exchange.plan->protocol) return false;
  return check.applies_to_group(run.plan.nodes.at(exchange.plan->client_node).group);
}

std::vector<CheckContext::ServerView> CheckContext::servers(const plan::Check& check) const {
  std::map<std::size_t, std::vector<const ExchangeState*>> by_node;
  for (const ExchangeState& exchange : ledger.exchanges) {
    if (concerns(check, exchange)) by_node[exchange.plan->server_node].push_back(&exchange);
  }
  std::vector<ServerView> views;
  for (auto& [node, exchanges] : by_node) views.push_back({node, std::move(exchanges)});
  return views;
}

std::string CheckContext::doubt_of_absence(const ServerView& server) const {
  for (const ExchangeState* exchange : server.exchanges) {
    if (std::string doubt = doubt_of_absence(*exchange); !doubt.empty()) return doubt;
  }
  return {};
}

bool sent_nothing(const CheckContext& context, const ExchangeState& exchange, Judgement& judgement) {
  if (exchange.requests > 0 || exchange.sent > 0 || exchange.tcp.opened) return false;
  const std::size_t node = exchange.plan->client_node;
  const std::string end = how_it_ended(context.run.plan.nodes[node].name, context.nodes.at(node));
  judgement.absent(context.doubt_of_absence(exchange),
                   fmt::format("{} sent nothing{}{}", exchange.subject, end.empty() ? "" : "; ", end),
                   "look at the client's standard error");
  return true;
}

Incidents at_packets(std::initializer_list<std::uint64_t> packets) {
  Incidents incidents;
  for (const std::uint64_t packet : packets) {
    const auto& known = incidents.packets;
    if (packet == 0 || std::find(known.begin(), known.end(), packet) != known.end()) continue;
    Incident incident;
    incident.packet = packet;
    incidents.add(std::move(incident));
  }
  return incidents;
}

std::string events_file(const CheckContext& context, std::size_t node) {
  return fmt::format("nodes/{}/events.jsonl", context.run.plan.nodes.at(node).name);
}

Judgement::Judgement(const plan::Check& check, std::string subject, std::string capture_file)
    : capture_file_(std::move(capture_file)) {
  finding_.check = check.id;
  finding_.subject = std::move(subject);
  finding_.outcome = Outcome::passed;
}

void Judgement::fail(std::string sentence, std::string hint, const Incidents* incidents) {
  if (finding_.outcome != Outcome::failed) {
    // What was only doubtful goes: a failure needs none of it.
    finding_.evidence.clear();
    take(std::move(sentence), std::move(hint), incidents);
    finding_.outcome = Outcome::failed;
  } else {
    take({}, {}, incidents);
  }
}

void Judgement::doubt(std::string sentence, const Incidents* incidents) {
  if (finding_.outcome != Outcome::passed) return;
  take(std::move(sentence), {}, incidents);
  finding_.outcome = Outcome::inconclusive;
}

void Judgement::absent(const std::string& doubt_of_absence, std::string sentence, std::string hint,
                       const Incidents* incidents) {
  if (doubt_of_absence.empty()) return fail(std::move(sentence), std::move(hint), incidents);
  doubt(fmt::format("{}; that proves nothing, for {}", sentence, doubt_of_absence), incidents);
}

void Judgement::take(std::string sentence, std::string hint, const Incidents* incidents) {
  if (!sentence.empty()) {
    finding_.message = std::move(sentence);
    finding_.hint = std::move(hint);
    if (incidents != nullptr) {
      finding_.message_number = incidents->first.message;
      finding_.expected = incidents->first.expected;
      finding_.got = incidents->first.got;
    }
  }
  if (incidents == nullptr) return;
  for (const std::uint64_t packet : incidents->packets) {
    if (finding_.evidence.size() >= most_evidence) return;
    finding_.evidence.push_back({Evidence::Kind::packet, capture_file_, packet});
  }
}

void Judgement::skip(std::string sentence) {
  finding_.outcome = Outcome::not_run;
  finding_.message = std::move(sentence);
}

void Judgement::cite(std::initializer_list<std::uint64_t> packets) {
  for (const std::uint64_t packet : packets) {
    const bool known = std::any_of(finding_.evidence.begin(), finding_.evidence.end(), [&](const Evidence& e) {
      return e.kind == Evidence::Kind::packet && e.number == packet;
    });
    if (packet == 0 || known || finding_.evidence.size() >= most_evidence) continue;
    finding_.evidence.push_back({Evidence::Kind::packet, capture_file_, packet});
  }
}

void Judgement::line(std::string file, std::uint64_t number) {
  if (number == 0 || finding_.evidence.size() >= most_evidence) return;
  finding_.evidence.push_back({Evidence::Kind::line, std::move(file), number});
}

Finding Judgement::finish(std::string passed) && {
  if (finding_.outcome == Outcome::passed) finding_.message = std::move(passed);
  return std::move(finding_);
}

std::string and_more(const Incidents& incidents, std::string_view plural) {
  if (incidents.count <= 1) return {};
  return fmt::format("; {} {} in all", with_thousands(incidents.count), plural);
}

std::string in_packet(std::uint64_t packet) {
  return packet == 0 ? "" : fmt::format(" (packet {})", packet);
}

std::string how_it_ended(const std::string& node, const NodeRecord& record) {
  std::string sentence;
  if (record.never_started) {
    sentence = fmt::format("{} was never started: {}", node, escape_for_terminal(record.exit.error));
  } else if (record.exit.out_of_memory) {
    sentence = fmt::format("{} ran out of its memory limit and was killed", node);
  } else if (record.exit.killed_by_us) {
    sentence = fmt::format("{} was ended by the time limit", node);
  } else if (record.ended && *record.exit.exit_code != 0) {
    sentence = fmt::format("{} ended with exit code {}", node, *record.exit.exit_code);
  }
  if (!sentence.empty() && !record.last_words.empty()) sentence += fmt::format(", saying: {}", record.last_words);
  return sentence;
}

}  // namespace echolab::verify

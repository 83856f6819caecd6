#include "lab/verify/verify.h"

#include <fmt/format.h>

#include <algorithm>

#include "lab/base/text.h"
#include "lab/verify/check.h"

namespace echolab::verify {

namespace {

CheckFunction function_of(scenario::CheckKind kind) {
  switch (kind) {
    case scenario::CheckKind::echoes_match:
      return check_echoes_match;
    case scenario::CheckKind::nothing_else_echoed:
      return check_nothing_else_echoed;
    case scenario::CheckKind::own_port:
      return check_own_port;
    case scenario::CheckKind::counts:
      return check_counts;
    default:
      return [](const CheckContext&, const plan::Check&, std::vector<Finding>&) {};
  }
}

ExchangeSummary summarize(const ExchangeState& exchange) {
  ExchangeSummary summary;
  summary.subject = exchange.subject;
  if (exchange.client) summary.local = exchange.client->to_string();
  summary.server = exchange.plan->server.to_string();
  summary.protocol = to_string(exchange.plan->protocol);
  summary.planned = exchange.plan->messages;
  summary.sent = exchange.sent;
  summary.echoed = exchange.echoed;
  summary.lost = exchange.lost;
  summary.late = exchange.late;
  summary.altered = exchange.altered;
  summary.duplicated = exchange.count(Trouble::duplicate);
  for (const Trouble trouble : {Trouble::unsolicited, Trouble::other_port, Trouble::wrong_client, Trouble::orphan}) {
    summary.unsolicited += exchange.count(trouble);
  }
  summary.rtt_min_ns = exchange.round_trips.min();
  summary.rtt_p50_ns = exchange.round_trips.percentile(50);
  summary.rtt_p99_ns = exchange.round_trips.percentile(99);
  summary.rtt_max_ns = exchange.round_trips.max();
  return summary;
}

Outcome outcome_of(const std::vector<Finding>& findings) {
  Outcome outcome = findings.empty() ? Outcome::not_run : Outcome::passed;
  for (const Finding& finding : findings) {
    if (finding.outcome == Outcome::failed) return Outcome::failed;
    if (finding.outcome != Outcome::passed) outcome = Outcome::inconclusive;
  }
  return outcome;
}

// Notes say things once, however many exchanges they concern.
void note_once(std::vector<std::string>& notes, std::string note) {
  if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(std::move(note));
}

void note_logs(const Ledger& ledger, std::vector<std::string>& notes) {
  std::size_t learnt = 0;
  std::string last;
  for (const ExchangeState& exchange : ledger.exchanges) {
    for (const LogFacts* log : {&exchange.client_log, &exchange.server_log}) {
      if (!log->expected || log->complete || log->why == last) continue;
      last = log->why;
      note_once(notes, log->why + ": this log is not held against anybody");
    }
    if (exchange.client && !exchange.logged_port && exchange.plan->client_port.value == 0) ++learnt;
  }
  if (learnt > 0) {
    notes.push_back(fmt::format("the ports of {} were learnt from the wire, in the order they appeared there",
                                counted(learnt, "client", "clients")));
  }
  if (ledger.strays.others > 0) {
    notes.push_back(fmt::format("{} about other things than the echoes",
                                counted(ledger.strays.others, "datagram was", "datagrams were")));
  }
}

}  // namespace

Verdict verify_run(const artifacts::RunFolder& run) {
  Ledger ledger(run.plan);
  const std::vector<NodeRecord> nodes = read_node_records(run);
  read_client_logs(run, ledger);
  EndpointDirectory directory(ledger);
  WireReading wire = read_wire(run, ledger, directory);
  read_server_logs(run, ledger, directory);
  compare_witnesses(ledger);

  Verdict verdict;
  verdict.packets = wire.packets;
  verdict.notes = wire.notes;
  for (const std::string& problem : run.engine.problems) verdict.notes.push_back(escape_for_terminal(problem));
  note_logs(ledger, verdict.notes);

  const CheckContext context{run, ledger, wire, nodes};
  for (const plan::Check& check : run.plan.checks) function_of(check.kind)(context, check, verdict.findings);
  for (const ExchangeState& exchange : ledger.exchanges) verdict.exchanges.push_back(summarize(exchange));
  verdict.outcome = outcome_of(verdict.findings);
  return verdict;
}

}  // namespace echolab::verify

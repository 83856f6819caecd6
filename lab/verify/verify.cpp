#include "lab/verify/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "lab/base/text.h"
#include "lab/verify/annotations.h"
#include "lab/verify/apply_terms.h"
#include "lab/verify/check.h"

namespace echolab::verify {

namespace {

// In the order of scenario::check_kinds().
constexpr std::pair<scenario::CheckKind, CheckFunction> check_functions[] = {
    {scenario::CheckKind::echoes_match, check_echoes_match},
    {scenario::CheckKind::nothing_else_echoed, check_nothing_else_echoed},
    {scenario::CheckKind::own_port, check_own_port},
    {scenario::CheckKind::counts, check_counts},
    {scenario::CheckKind::loss, check_loss},
    {scenario::CheckKind::round_trip, check_round_trip},
    {scenario::CheckKind::duplicates, check_surplus},
    {scenario::CheckKind::reordering, check_surplus},
    {scenario::CheckKind::unsolicited, check_surplus},
    {scenario::CheckKind::bound_port, check_bound_port},
    {scenario::CheckKind::payload_contains, check_payload_contains},
    {scenario::CheckKind::udp_header, check_udp_header},
    {scenario::CheckKind::tcp_handshake, check_tcp_handshake},
    {scenario::CheckKind::tcp_close, check_tcp_close},
    {scenario::CheckKind::no_reset, check_no_reset},
    {scenario::CheckKind::retransmissions, check_segments},
    {scenario::CheckKind::zero_windows, check_segments},
    {scenario::CheckKind::accept_order, check_accept_order},
    {scenario::CheckKind::served_at_once, check_served_at_once},
    {scenario::CheckKind::logs_agree, check_logs_agree},
    {scenario::CheckKind::log_line, check_log_line},
};

CheckFunction function_of(scenario::CheckKind kind) {
  for (const auto& [k, function] : check_functions) {
    if (k == kind) return function;
  }
  throw std::logic_error("a kind of check without a function");
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
    if (finding.level == scenario::Level::warning) continue;
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

Verdict conclude(const CheckContext& context) {
  const artifacts::RunFolder& run = context.run;
  Verdict verdict;
  verdict.packets = context.wire.packets;
  verdict.notes = context.wire.notes;
  for (const std::string& problem : run.engine.problems) verdict.notes.push_back(escape_for_terminal(problem));
  note_logs(context.ledger, verdict.notes);

  for (const plan::Check& check : run.plan.checks) function_of(check.kind)(context, check, verdict.findings);
  apply_terms(context, verdict.findings);
  for (const ExchangeState& exchange : context.ledger.exchanges) verdict.exchanges.push_back(summarize(exchange));
  verdict.outcome = outcome_of(verdict.findings);
  return verdict;
}

}  // namespace

Verdict verify_run(const artifacts::RunFolder& run, Annotations* annotations) {
  Ledger ledger(run.plan);
  ledger.annotations = annotations;
  const std::vector<NodeRecord> nodes = read_node_records(run);
  read_client_logs(run, ledger);
  EndpointDirectory directory(ledger);
  WireProbes probes(run.plan);
  ledger.probes = &probes;
  const WireReading wire = read_wire(run, ledger, directory);
  if (annotations != nullptr) annotations->finish(ledger);
  read_server_logs(run, ledger, directory);
  compare_witnesses(ledger);

  return conclude({run, ledger, wire, nodes, probes});
}

Verdict verify_capture(const plan::Plan& plan, const std::filesystem::path& file) {
  artifacts::RunFolder run;
  run.folder = file.parent_path();
  run.plan = plan;
  run.finished = run.engine.finished = true;
  Ledger ledger(run.plan);
  EndpointDirectory directory(ledger);
  WireProbes probes(run.plan);
  ledger.probes = &probes;
  const WireReading wire = read_single_capture(file, ledger, directory);
  ledger.strays = {};
  const std::vector<NodeRecord> nodes(run.plan.nodes.size());
  return conclude({run, ledger, wire, nodes, probes});
}

}  // namespace echolab::verify

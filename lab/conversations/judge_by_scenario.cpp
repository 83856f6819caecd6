#include "lab/conversations/judge_by_scenario.h"

#include <fmt/format.h>

#include <algorithm>

#include "lab/conversations/lay_plan.h"
#include "lab/verify/verify.h"

namespace echolab::conversations {

namespace {

CaptureFinding finding_of(const verify::Finding& finding) {
  CaptureFinding told;
  told.check = finding.check;
  told.subject = finding.subject;
  told.warning = finding.level == scenario::Level::warning;
  told.outcome = finding.outcome;
  told.message = finding.message;
  told.hint = finding.hint;
  for (const verify::Evidence& evidence : finding.evidence) {
    if (evidence.kind == verify::Evidence::Kind::packet) told.packets.push_back(evidence.number);
  }
  return told;
}

void count_messages(Conversation& conversation, const verify::ExchangeSummary& summary) {
  if (!conversation.tcp) return;
  conversation.requests = summary.sent;
  conversation.echoed = summary.echoed;
  conversation.lost = summary.lost;
  conversation.late = summary.late;
  conversation.altered = summary.altered;
  conversation.unsolicited = summary.unsolicited;
  if (summary.rtt_max_ns > 0) {
    conversation.rtt = Rtt{summary.rtt_min_ns, summary.rtt_p50_ns, summary.rtt_p99_ns, summary.rtt_max_ns};
  }
}

// Where the capture shows only some of the clients, checks that need more of them have nothing to judge.
Outcome outcome_of(const std::vector<CaptureFinding>& findings, bool shows_all) {
  bool any = false, doubtful = false;
  for (const CaptureFinding& finding : findings) {
    if (finding.warning) continue;
    if (finding.outcome == Outcome::failed) return Outcome::failed;
    any |= finding.outcome == Outcome::passed;
    doubtful |= finding.outcome == Outcome::inconclusive || (finding.outcome == Outcome::not_run && shows_all);
  }
  return any && !doubtful ? Outcome::passed : Outcome::inconclusive;
}

}  // namespace

void judge_by_scenario(CaptureVerdict& verdict, const plan::Plan& plan) {
  const LaidPlan laid = lay_plan(plan, verdict.conversations);
  verdict.notes.insert(verdict.notes.end(), laid.notes.begin(), laid.notes.end());
  verdict.findings.clear();
  if (laid.plan.exchanges.empty()) {
    CaptureFinding nothing;
    nothing.outcome = verdict.outcome = Outcome::inconclusive;
    nothing.message = "this capture shows no exchange of the scenario";
    verdict.findings.push_back(std::move(nothing));
    return;
  }
  const verify::Verdict judged = verify::verify_capture(laid.plan, verdict.file);
  for (const verify::Finding& finding : judged.findings) verdict.findings.push_back(finding_of(finding));
  for (std::size_t i = 0; i < judged.exchanges.size(); ++i) {
    count_messages(verdict.conversations[laid.conversations[i]], judged.exchanges[i]);
  }
  verdict.outcome = outcome_of(verdict.findings, laid.plan.exchanges.size() == plan.exchanges.size());
}

}  // namespace echolab::conversations

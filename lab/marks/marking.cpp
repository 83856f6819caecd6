#include "lab/marks/marking.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace echolab::marks {

namespace {

using verify::Outcome;

// From the gravest on: the first that any finding has is the check's.
constexpr std::array<Outcome, 4> by_weight{Outcome::failed, Outcome::inconclusive, Outcome::passed, Outcome::not_run};

// Sums of decimal fractions without their binary dust: 0.1 + 0.2 is 0.3, on every machine.
double rounded(double points) {
  return std::round(points * 1e6) / 1e6;
}

CheckMark unmarked(const std::string& scenario, const plan::Check& check) {
  CheckMark mark;
  mark.scenario = scenario;
  mark.check = check.id;
  mark.line = check.line;
  mark.level = check.level;
  mark.most = check.level == scenario::Level::warning ? 0 : check.points;
  return mark;
}

void decide(CheckMark& mark, const verify::Finding& finding) {
  mark.outcome = finding.outcome;
  mark.points = finding.outcome == Outcome::passed ? mark.most : 0;
  mark.subject = finding.subject;
  mark.message = finding.message;
  mark.hint = finding.hint;
  mark.evidence = finding.evidence;
}

const CheckMark* worst(const std::vector<CheckMark>& checks, Outcome outcome) {
  const CheckMark* worst = nullptr;
  for (const CheckMark& mark : checks) {
    if (mark.level == scenario::Level::warning || mark.outcome != outcome) continue;
    if (worst == nullptr || mark.most > worst->most) worst = &mark;
  }
  return worst;
}

}  // namespace

std::vector<CheckMark> marks_of(const std::string& scenario, const std::vector<plan::Check>& checks,
                                const verify::Verdict& verdict, const std::string& run_folder) {
  std::vector<CheckMark> marks;
  for (const plan::Check& check : checks) {
    CheckMark mark = unmarked(scenario, check);
    const auto deciding = [&](Outcome outcome) {
      return std::find_if(verdict.findings.begin(), verdict.findings.end(), [&](const verify::Finding& finding) {
        return finding.check == check.id && finding.outcome == outcome;
      });
    };
    for (const Outcome outcome : by_weight) {
      const auto finding = deciding(outcome);
      if (finding == verdict.findings.end()) continue;
      decide(mark, *finding);
      break;
    }
    for (verify::Evidence& evidence : mark.evidence) {
      if (!run_folder.empty()) evidence.file.insert(0, run_folder + "/");
    }
    marks.push_back(std::move(mark));
  }
  return marks;
}

CheckMark mark_of(const std::string& scenario, const scenario::HandIn& asked, const verify::Finding& finding) {
  CheckMark mark;
  mark.scenario = scenario;
  mark.check = finding.check;
  mark.line = asked.line;
  mark.level = finding.level;
  mark.most = finding.level == scenario::Level::warning ? 0 : asked.points;
  decide(mark, finding);
  return mark;
}

std::vector<CheckMark> unjudged(const std::string& scenario, const std::vector<plan::Check>& checks, Outcome outcome,
                                const std::string& message, const std::string& hint) {
  std::vector<CheckMark> marks;
  for (const plan::Check& check : checks) {
    CheckMark mark = unmarked(scenario, check);
    mark.outcome = outcome;
    mark.message = message;
    mark.hint = hint;
    marks.push_back(std::move(mark));
  }
  return marks;
}

void sum_up(StudentResult& result) {
  std::set<std::string> with_failures;
  for (const CheckMark& mark : result.checks) {
    if (mark.level == scenario::Level::error && mark.outcome == Outcome::failed) with_failures.insert(mark.scenario);
  }
  result.points = result.open = result.most = 0;
  bool open = result.checks.empty();
  for (const CheckMark& mark : result.checks) {
    if (mark.level == scenario::Level::warning) continue;
    result.points += mark.points;
    result.most += mark.most;
    const bool not_run = mark.outcome == Outcome::not_run && !with_failures.contains(mark.scenario);
    if (mark.outcome != Outcome::inconclusive && !not_run) continue;
    result.open += mark.most;
    open = true;
  }
  for (double* sum : {&result.points, &result.open, &result.most}) *sum = rounded(*sum);

  result.status = open ? Status::inconclusive : with_failures.empty() ? Status::passed : Status::failed;
  result.reason.clear();
  if (result.status == Status::passed) return;
  const CheckMark* because = open ? worst(result.checks, Outcome::inconclusive) : worst(result.checks, Outcome::failed);
  if (because == nullptr) because = worst(result.checks, Outcome::not_run);
  result.reason = because != nullptr ? because->message : "nothing was judged";
}

void sum_up_missing(StudentResult& result, const std::string& reason) {
  sum_up(result);
  result.status = Status::missing;
  result.reason = reason;
}

}  // namespace echolab::marks

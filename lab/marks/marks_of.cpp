#include "lab/marks/marks_of.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>

namespace echolab::marks {

namespace {

using verify::Outcome;

// Which outcome of several findings is the check's: lower decides.
int rank(Outcome outcome) {
  switch (outcome) {
    case Outcome::failed:
      return 0;
    case Outcome::inconclusive:
      return 1;
    case Outcome::not_run:
      return 2;
    case Outcome::passed:
      return 3;
  }
  return 3;
}

CheckMark blank(const std::string& scenario, const scenario::Check& check) {
  CheckMark mark;
  mark.scenario = scenario;
  mark.check = check.id;
  mark.line = check.line;
  mark.level = check.level;
  mark.most = check.level == scenario::Level::warning ? 0 : check.points;
  return mark;
}

void take_finding(CheckMark& mark, const verify::Finding& finding) {
  mark.outcome = finding.outcome;
  mark.subject = finding.subject;
  mark.message = finding.message;
  mark.hint = finding.hint;
  mark.evidence = finding.evidence;
}

}  // namespace

std::vector<CheckMark> marks_of(const std::string& scenario, const std::vector<scenario::Check>& checks,
                                const verify::Verdict& verdict) {
  std::vector<CheckMark> marks;
  for (const scenario::Check& check : checks) {
    CheckMark& mark = marks.emplace_back(blank(scenario, check));
    const verify::Finding* deciding = nullptr;
    bool any_passed = false;
    for (const verify::Finding& finding : verdict.findings) {
      if (finding.check != check.id) continue;
      any_passed = any_passed || finding.outcome == Outcome::passed;
      if (deciding == nullptr || rank(finding.outcome) < rank(deciding->outcome)) deciding = &finding;
    }
    if (deciding == nullptr) continue;
    take_finding(mark, *deciding);
    // A part that did not apply takes nothing away from those that passed.
    if (mark.outcome == Outcome::not_run && any_passed) mark.outcome = Outcome::passed;
    if (mark.outcome == Outcome::passed) mark.points = mark.most;
  }
  return marks;
}

CheckMark mark_of(const std::string& scenario, std::size_t line, double points, const verify::Finding& finding) {
  scenario::Check check;
  check.id = finding.check;
  check.points = points;
  check.line = line;
  CheckMark mark = blank(scenario, check);
  take_finding(mark, finding);
  if (mark.outcome == Outcome::passed) mark.points = mark.most;
  return mark;
}

std::vector<CheckMark> marks_refused(const std::string& scenario, const std::vector<scenario::Check>& checks,
                                     const std::string& reason) {
  std::vector<CheckMark> marks;
  for (const scenario::Check& check : checks) {
    CheckMark& mark = marks.emplace_back(blank(scenario, check));
    mark.outcome = Outcome::failed;
    mark.message = reason;
  }
  return marks;
}

std::vector<CheckMark> marks_open(const scenario::Scenario& scenario, const std::string& reason) {
  std::vector<CheckMark> marks;
  const auto add = [&](CheckMark mark) {
    mark.outcome = Outcome::inconclusive;
    mark.message = reason;
    marks.push_back(std::move(mark));
  };
  for (const scenario::Check& check : scenario.checks) add(blank(scenario.name, check));
  if (!scenario.submission) return marks;
  const auto add_hand_in = [&](const std::optional<scenario::HandIn>& asked, const char* id) {
    if (asked) add(mark_of(scenario.name, asked->line, asked->points, {id, "", Outcome::inconclusive}));
  };
  add_hand_in(scenario.submission->capture, "hand_in_capture");
  add_hand_in(scenario.submission->picture, "hand_in_picture");
  return marks;
}

void sum_up(StudentResult& result) {
  result.points = result.open = result.most = 0;
  const CheckMark* worst = nullptr;
  for (const CheckMark& mark : result.checks) {
    result.most += mark.most;
    result.points += mark.points;
    if (mark.level == scenario::Level::warning) continue;
    if (mark.outcome == Outcome::inconclusive) result.open += mark.most;
    if (mark.outcome == Outcome::passed) continue;
    if (worst == nullptr || rank(mark.outcome) < rank(worst->outcome)) worst = &mark;
  }
  result.reason = worst == nullptr ? "" : worst->message;
  const bool open = std::any_of(result.checks.begin(), result.checks.end(), [](const CheckMark& mark) {
    return mark.level == scenario::Level::error && mark.outcome == Outcome::inconclusive;
  });
  result.status = open ? Status::inconclusive : worst == nullptr ? Status::passed : Status::failed;
  if (result.checks.empty()) result.status = Status::inconclusive;
}

std::string without_run_facts(const std::string& sentence) {
  struct Fact {
    RE2 pattern;
    const char* words;
  };
  static const std::array<Fact, 5> facts{{
      {RE2(R"re(\bpackets? [0-9,]+( and [0-9,]+)?)re"), "a packet"},
      {RE2(R"re(\bline [0-9,]+)re"), "a line"},
      {RE2(R"re([0-9]+(\.[0-9]+){3}(:[0-9]+)?)re"), "…"},
      {RE2(R"re(\[?[0-9a-f]{1,4}(:[0-9a-f]{0,4}){3,7}\]?(:[0-9]+)?)re"), "…"},
      {RE2(R"re([0-9]+(\.[0-9]+)? ?(ns|µs|us|ms|s)\b|\bport [0-9]{5})re"), "…"},
  }};
  std::string out = sentence;
  for (const Fact& fact : facts) RE2::GlobalReplace(&out, fact.pattern, fact.words);
  return out;
}

StudentResult for_class(StudentResult result) {
  result.reason = without_run_facts(result.reason);
  for (CheckMark& mark : result.checks) {
    mark.message = without_run_facts(mark.message);
    mark.evidence.clear();
  }
  for (LimitHit& limit : result.limits) limit.detail = without_run_facts(limit.detail);
  for (std::string& note : result.notes) note = without_run_facts(note);
  return result;
}

}  // namespace echolab::marks

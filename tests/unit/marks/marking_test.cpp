#include "lab/marks/marking.h"

#include <gmock/gmock.h>

#include "lab/marks/for_class.h"

namespace echolab::marks {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using verify::Outcome;

plan::Check check(const std::string& id, double points, scenario::Level level = scenario::Level::error) {
  return {.id = id, .points = points, .line = 7, .level = level};
}

verify::Finding finding(const std::string& check, const std::string& subject, Outcome outcome) {
  verify::Finding finding;
  finding.check = check;
  finding.subject = subject;
  finding.outcome = outcome;
  finding.message = subject + " " + std::string(verify::to_string(outcome));
  finding.hint = "hint for " + subject;
  finding.evidence = {{verify::Evidence::Kind::packet, "captures/lab.pcapng", 3}};
  return finding;
}

verify::Verdict verdict(std::vector<verify::Finding> findings) {
  verify::Verdict verdict;
  verdict.findings = std::move(findings);
  return verdict;
}

// The outcome of a check that has findings of these outcomes.
CheckMark mark_from(const std::vector<Outcome>& outcomes) {
  std::vector<verify::Finding> findings{finding("other", "x", Outcome::failed)};
  for (const Outcome outcome : outcomes) {
    findings.push_back(finding("a", "client-" + std::to_string(findings.size()), outcome));
  }
  return marks_of("udp", {check("a", 2)}, verdict(findings), "").at(0);
}

TEST(MarksOf, AllPointsOrNone) {
  using enum Outcome;
  EXPECT_EQ(mark_from({passed, passed}).points, 2);
  EXPECT_EQ(mark_from({passed, failed, inconclusive}).points, 0);
  EXPECT_EQ(mark_from({passed, failed, inconclusive}).outcome, failed);
  EXPECT_EQ(mark_from({passed, inconclusive, not_run}).outcome, inconclusive);
  EXPECT_EQ(mark_from({passed, not_run}).outcome, passed);
  EXPECT_EQ(mark_from({not_run}).outcome, not_run);
  EXPECT_EQ(mark_from({}).outcome, not_run);
  EXPECT_EQ(mark_from({}).points, 0);
}

TEST(MarksOf, TellsWhichFindingDecided) {
  const CheckMark mark = mark_from({Outcome::passed, Outcome::failed, Outcome::failed});
  EXPECT_EQ(mark.scenario, "udp");
  EXPECT_EQ(mark.check, "a");
  EXPECT_EQ(mark.line, 7u);
  EXPECT_EQ(mark.most, 2);
  EXPECT_EQ(mark.subject, "client-2");
  EXPECT_EQ(mark.message, "client-2 failed");
  EXPECT_EQ(mark.hint, "hint for client-2");
}

TEST(MarksOf, NamesEvidenceFromTheStudentsFolder) {
  const auto marks = marks_of("udp", {check("a", 1)}, verdict({finding("a", "x", Outcome::passed)}), "runs/udp");
  EXPECT_EQ(marks.at(0).evidence.at(0).file, "runs/udp/captures/lab.pcapng");
  EXPECT_EQ(mark_from({Outcome::passed}).evidence.at(0).file, "captures/lab.pcapng");
}

TEST(MarksOf, WarningsAreWorthNothing) {
  const auto marks =
      marks_of("udp", {check("a", 2, scenario::Level::warning)}, verdict({finding("a", "x", Outcome::passed)}), "");
  EXPECT_EQ(marks.at(0).most, 0);
  EXPECT_EQ(marks.at(0).points, 0);
  EXPECT_EQ(marks.at(0).level, scenario::Level::warning);
}

TEST(MarkOf, GivesThePointsOfWhatWasHandedIn) {
  const scenario::HandIn asked{.points = 3, .line = 12};
  const CheckMark good = mark_of("udp", asked, finding("hand_in_picture", "20261234", Outcome::passed));
  EXPECT_EQ(good.check, "hand_in_picture");
  EXPECT_EQ(good.points, 3);
  EXPECT_EQ(good.line, 12u);
  const CheckMark bad = mark_of("udp", asked, finding("hand_in_picture", "20261234", Outcome::failed));
  EXPECT_EQ(bad.points, 0);
  EXPECT_EQ(bad.most, 3);
}

StudentResult result_with(std::vector<CheckMark> checks) {
  StudentResult result;
  result.checks = std::move(checks);
  sum_up(result);
  return result;
}

CheckMark mark(const std::string& scenario, Outcome outcome, double most, const std::string& message = {}) {
  CheckMark mark;
  mark.scenario = scenario;
  mark.outcome = outcome;
  mark.most = most;
  mark.points = outcome == Outcome::passed ? most : 0;
  mark.message = message;
  return mark;
}

TEST(SumUp, PassesWithEveryCheck) {
  const StudentResult result = result_with({mark("u", Outcome::passed, 0.1), mark("u", Outcome::passed, 0.2)});
  EXPECT_EQ(result.status, Status::passed);
  EXPECT_EQ(result.points, 0.3) << "exactly, whatever the order of the sum";
  EXPECT_EQ(result.most, 0.3);
  EXPECT_EQ(result.open, 0);
  EXPECT_THAT(result.reason, IsEmpty());
}

TEST(SumUp, FailsForTheWorstReason) {
  const StudentResult result =
      result_with({mark("u", Outcome::failed, 1, "small"), mark("u", Outcome::failed, 3, "big"),
                   mark("u", Outcome::failed, 3, "as big"), mark("u", Outcome::passed, 5)});
  EXPECT_EQ(result.status, Status::failed);
  EXPECT_EQ(result.points, 5);
  EXPECT_EQ(result.most, 12);
  EXPECT_EQ(result.reason, "big");
}

TEST(SumUp, WhatCouldNotBeJudgedIsOpenNeverZero) {
  const StudentResult result = result_with({mark("u", Outcome::inconclusive, 4, "no capture"),
                                            mark("u", Outcome::failed, 5, "wrong"), mark("u", Outcome::passed, 1)});
  EXPECT_EQ(result.status, Status::inconclusive);
  EXPECT_FALSE(result.complete());
  EXPECT_EQ(result.points, 1);
  EXPECT_EQ(result.open, 4);
  EXPECT_EQ(result.reason, "no capture");
}

TEST(SumUp, WhatWasNotRunIsRefusedOnlyBesideAFailure) {
  const StudentResult failed = result_with({mark("u", Outcome::failed, 1, "wrong"), mark("u", Outcome::not_run, 4)});
  EXPECT_EQ(failed.status, Status::failed);
  EXPECT_EQ(failed.open, 0);
  const StudentResult open =
      result_with({mark("u", Outcome::failed, 1), mark("t", Outcome::not_run, 4, "nothing ran")});
  EXPECT_EQ(open.status, Status::inconclusive);
  EXPECT_EQ(open.open, 4);
  EXPECT_EQ(open.reason, "nothing ran");
}

TEST(SumUp, WarningsDecideNothing) {
  CheckMark warning = mark("u", Outcome::failed, 0, "slow");
  warning.level = scenario::Level::warning;
  EXPECT_EQ(result_with({warning, mark("u", Outcome::passed, 1)}).status, Status::passed);
  warning.outcome = Outcome::inconclusive;
  EXPECT_EQ(result_with({warning, mark("u", Outcome::passed, 1)}).status, Status::passed);
}

TEST(SumUp, NoChecksAreNoPass) {
  EXPECT_EQ(result_with({}).status, Status::inconclusive);
}

TEST(SumUp, MissingWorkHasItsReason) {
  StudentResult result;
  result.checks = unjudged("u", {check("a", 2), check("b", 1)}, Outcome::failed, "nothing was handed in");
  sum_up_missing(result, "nothing was handed in");
  EXPECT_EQ(result.status, Status::missing);
  EXPECT_EQ(result.points, 0);
  EXPECT_EQ(result.most, 3);
  EXPECT_EQ(result.reason, "nothing was handed in");
  EXPECT_EQ(result.checks.at(1).check, "b");
  EXPECT_EQ(result.checks.at(1).message, "nothing was handed in");
}

TEST(WithoutRunFacts, LeavesOutAddressesAndKeepsACompilersPlaces) {
  EXPECT_EQ(without_run_facts("from 198.18.0.2:40000 and [fd00:1:2:3::4]:5000 (packet 7)"), "from … and … (a packet)");
  EXPECT_EQ(without_run_facts("server.c:6:3: error: expected"), "server.c:6:3: error: expected");
}

}  // namespace
}  // namespace echolab::marks

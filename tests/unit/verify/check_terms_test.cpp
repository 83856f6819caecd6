// What every check may have: level, negation, texts, requirements, groups.

#include <gmock/gmock.h>

#include "tests/unit/verify/check_lab.h"

namespace echolab::verify {
namespace {

using scenario::CheckKind;
using scenario::LossTerms;
using ::testing::HasSubstr;

// The second of two messages has no echo unless `whole`.
struct TermsLab : CheckLab {
  explicit TermsLab(bool whole) : CheckLab(CheckKind::loss, LossTerms{}) {
    add({"1", "2"});
    run.plan.scenario_name = "lab";
    run.plan.nodes[1].variables = {{"name", "홍{길}동"}};
    request(0, 1);
    echo(0, 1);
    request(0, 2);
    if (whole) echo(0, 2);
  }
};

// --- negate

TEST(Negation, SwapsPassedAndFailed) {
  TermsLab failing(false);
  failing.check().negated = true;
  const Finding passed = failing.judge();
  EXPECT_EQ(passed.outcome, Outcome::passed);
  EXPECT_EQ(passed.message, "as asked for, 1 of 2 messages lost, allowed: 0; the first is message 2 (packet 3)");
  EXPECT_TRUE(passed.hint.empty());
  EXPECT_TRUE(cites_packet(passed, 3));
  TermsLab passing(true);
  passing.check().negated = true;
  const Finding failed = passing.judge();
  EXPECT_EQ(failed.outcome, Outcome::failed);
  EXPECT_EQ(failed.message, "0 of 2 messages lost, allowed: 0, which should not be so");
}

TEST(Negation, LeavesWhatIsOpenOpen) {
  TermsLab open(false);
  open.check().negated = true;
  open.incomplete();
  EXPECT_EQ(open.outcome(), Outcome::inconclusive);
}

TEST(Negation, DoesNotFailAnybodyByAnIncompleteCapture) {
  TermsLab lab(true);  // proven to have passed: all that was planned came back
  lab.incomplete();
  EXPECT_EQ(lab.outcome(), Outcome::passed);
  lab.check().negated = true;
  EXPECT_EQ(lab.outcome(), Outcome::inconclusive);
}

TEST(Negation, SilenceIsNotWhatWasAskedFor) {
  CheckLab lab(CheckKind::loss, LossTerms{});
  lab.add({"1"});
  lab.check().negated = true;
  EXPECT_EQ(lab.outcome(), Outcome::failed);
  CheckLab tcp(CheckKind::no_reset);
  tcp.add({"1"}, Transport::tcp);
  tcp.check().negated = true;
  EXPECT_EQ(tcp.outcome(), Outcome::failed);
}

TEST(Negation, EveryKindOnTheWire) {
  CheckLab lab(CheckKind::no_reset);
  lab.add({"1"}, Transport::tcp);
  Connection connection(lab, 0);
  connection.open();
  connection.send("1");
  connection.reset_by_server();
  lab.check().negated = true;
  EXPECT_EQ(lab.outcome(), Outcome::passed);
  CheckLab port(CheckKind::bound_port, scenario::PortTerms{Port{7}});
  port.add({"1"});
  port.exchange_all(0);
  port.check().negated = true;
  EXPECT_EQ(port.outcome("server"), Outcome::passed);
}

// --- level

TEST(Levels, AFailedWarningDoesNotDecide) {
  TermsLab lab(false);
  lab.ask(CheckKind::duplicates, scenario::SurplusTerms{});
  EXPECT_EQ(verify_run(lab.write()).outcome, Outcome::failed);
  lab.check().level = scenario::Level::warning;
  const Verdict verdict = verify_run(lab.write());
  EXPECT_EQ(verdict.outcome, Outcome::passed);
  EXPECT_EQ(outcome_of(verdict, "loss", "client-1"), Outcome::failed);
  EXPECT_THAT(to_json(verdict), HasSubstr("\"outcome\": \"failed\",\n      \"level\": \"warning\""));
}

TEST(Levels, AnOpenWarningDoesNotDecideEither) {
  TermsLab lab(true);
  lab.ask(CheckKind::duplicates, scenario::SurplusTerms{}).level = scenario::Level::warning;
  lab.incomplete();
  const Verdict verdict = verify_run(lab.write());
  EXPECT_EQ(outcome_of(verdict, "duplicates", "client-1"), Outcome::inconclusive);
  EXPECT_EQ(verdict.outcome, Outcome::passed);
}

TEST(Levels, ErrorsAreNotNamedInTheFile) {
  TermsLab lab(false);
  EXPECT_EQ(to_json(verify_run(lab.write())).find("level"), std::string::npos);
}

// --- texts

TEST(Texts, LeadTheSentenceAndKeepThePacket) {
  TermsLab lab(false);
  lab.check().passed = "{name} did it";
  lab.check().failed = "{{{name}}} of {node} ({container}/{client}) in {scenario} lost something";
  lab.check().hint = "{name}: chapter 2";
  const Finding finding = lab.judge();
  EXPECT_EQ(
      finding.message,
      "{홍{길}동} of client-1 (1/1) in lab lost something: 1 of 2 messages lost, allowed: 0; the first is message "
      "2 (packet 3)");
  EXPECT_EQ(finding.hint, "홍{길}동: chapter 2");
  TermsLab whole(true);
  whole.check().passed = "{name} did it";
  whole.check().hint = "never shown";
  EXPECT_EQ(whole.judge().message, "홍{길}동 did it: 0 of 2 messages lost, allowed: 0");
  EXPECT_EQ(whole.judge().hint, "");
}

TEST(Texts, FollowTheOutcomeAfterNegation) {
  TermsLab lab(true);
  lab.check().negated = true;
  lab.check().failed = "should have lost";
  lab.check().hint = "look";
  const Finding finding = lab.judge();
  EXPECT_EQ(finding.message, "should have lost: 0 of 2 messages lost, allowed: 0, which should not be so");
  EXPECT_EQ(finding.hint, "look");
}

// --- requires

Finding second(CheckLab& lab, std::string_view subject = "client-1") {
  return finding_of(verify_run(lab.write()), lab.run.plan.checks[1].id, subject);
}

TEST(Requirements, UnlessMetTheCheckIsNotRun) {
  TermsLab lab(false);
  lab.ask(CheckKind::duplicates, scenario::SurplusTerms{}).prerequisites = {"loss"};
  const Finding finding = second(lab);
  EXPECT_EQ(finding.outcome, Outcome::not_run);
  EXPECT_EQ(finding.message, "not run: it requires 'loss', which failed");
  TermsLab whole(true);
  whole.ask(CheckKind::duplicates, scenario::SurplusTerms{}).prerequisites = {"loss"};
  EXPECT_EQ(second(whole).outcome, Outcome::passed);
  TermsLab open(true);
  open.run.plan.checks[0].terms = LossTerms{};
  open.ask(CheckKind::duplicates, scenario::SurplusTerms{}).prerequisites = {"loss"};
  std::swap(open.run.plan.checks[0], open.run.plan.checks[1]);  // the order in the list does not matter
  open.run.plan.checks[1].negated = true;
  EXPECT_EQ(open.judge().message, "not run: it requires 'loss', which failed");
}

TEST(Requirements, ANotRunErrorLeavesTheRunWithoutVerdict) {
  TermsLab lab(false);
  lab.check().level = scenario::Level::warning;
  lab.ask(CheckKind::duplicates, scenario::SurplusTerms{}).prerequisites = {"loss"};
  EXPECT_EQ(verify_run(lab.write()).outcome, Outcome::inconclusive);
}

TEST(Requirements, AreFollowedThroughOthers) {
  TermsLab lab(false);
  lab.ask(CheckKind::duplicates, scenario::SurplusTerms{}).prerequisites = {"reordering"};
  lab.ask(CheckKind::reordering, scenario::SurplusTerms{}).prerequisites = {"loss"};
  EXPECT_EQ(second(lab).message, "not run: it requires 'reordering', which was not run");
}

TEST(Requirements, AreAskedForThisSubject) {
  TermsLab lab(false);
  lab.add({"1"});
  lab.exchange_all(1);
  lab.ask(CheckKind::duplicates, scenario::SurplusTerms{}).prerequisites = {"loss"};
  EXPECT_EQ(second(lab, "client-1").outcome, Outcome::not_run);
  EXPECT_EQ(second(lab, "client-2").outcome, Outcome::passed);
}

TEST(Requirements, OfTheServerConcernItsClientsAndTheOtherWayRound) {
  TermsLab client(true);
  client.check() = {};
  client.check().id = "port";
  client.check().kind = CheckKind::bound_port;
  client.check().terms = scenario::PortTerms{Port{7}};
  client.ask(CheckKind::duplicates, scenario::SurplusTerms{}).prerequisites = {"port"};
  EXPECT_EQ(second(client).message, "not run: it requires 'port', which failed for server");
  TermsLab server(false);
  server.ask(CheckKind::bound_port, scenario::PortTerms{}).prerequisites = {"loss"};
  EXPECT_EQ(second(server, "server").message, "not run: it requires 'loss', which failed for client-1");
}

// --- applies_to

TEST(Groups, OnlyTheirClientsAreJudged) {
  TermsLab lab(false);
  lab.add({"1"});
  lab.exchange_all(1);
  lab.run.plan.nodes[2].group = "other";
  lab.check().applies_to = {"other"};
  const Verdict verdict = verify_run(lab.write());
  ASSERT_EQ(verdict.findings.size(), 1u);
  EXPECT_EQ(verdict.findings[0].subject, "client-2");
  EXPECT_EQ(verdict.outcome, Outcome::passed);
}

TEST(Groups, AKindOfOneProtocolLeavesOutTheOther) {
  CheckLab lab(CheckKind::no_reset);
  lab.add({"1"});
  lab.exchange_all(0);
  lab.add({"1"}, Transport::tcp);
  Connection(lab, 1).exchange({"1"});
  const Verdict verdict = verify_run(lab.write());
  ASSERT_EQ(verdict.findings.size(), 1u);
  EXPECT_EQ(verdict.findings[0].subject, "client-2");
  EXPECT_EQ(verdict.findings[0].outcome, Outcome::passed);
}

TEST(Groups, WhatBelongsToNobodyBelongsToNoGroup) {
  CheckLab lab(CheckKind::nothing_else_echoed);
  lab.add({"1"});
  lab.exchange_all(0);
  EXPECT_EQ(verify_run(lab.write()).findings.size(), 2u);
  lab.check().applies_to = {"client"};
  EXPECT_EQ(verify_run(lab.write()).findings.size(), 1u);
}

}  // namespace
}  // namespace echolab::verify

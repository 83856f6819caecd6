// Each fault that a UDP server or client can have, as packets, and the finding that names it.

#include <gmock/gmock.h>

#include "tests/support/run_folder_builder.h"
#include "tests/unit/verify/verdict_matchers.h"

namespace echolab::verify {
namespace {

using test::RunFolderBuilder;
using ::testing::AllOf;
using ::testing::HasSubstr;

// Logs are left out where only the wire matters: a node that writes none has none to hold against it.
struct Lab : RunFolderBuilder {
  explicit Lab(std::vector<std::string> messages = {"one", "two", "three"}) {
    add_client(std::move(messages));
    without_logs();
  }
  void without_logs() {
    for (plan::Node& node : run.plan.nodes) node.writes_events = false;
  }
  Verdict judge() { return verify_run(write()); }
};

TEST(UdpVerdict, AllCorrectPasses) {
  RunFolderBuilder lab;
  lab.add_client({"학번 20241234, 이름 김하나", "two", "three {message} {client}"});
  lab.add_client({"one", "", "three"}, Transport::udp, Family::ipv6);
  lab.all_correct();
  const Verdict verdict = verify_run(lab.write());
  for (const Finding& finding : verdict.findings) {
    EXPECT_EQ(finding.outcome, Outcome::passed) << finding.check << ' ' << finding.subject << ": " << finding.message;
  }
  EXPECT_EQ(verdict.outcome, Outcome::passed);
  ASSERT_EQ(verdict.findings.size(), 4u * 2 + 1);
  ASSERT_EQ(verdict.exchanges.size(), 2u);
  EXPECT_EQ(verdict.packets, 12u);
  EXPECT_EQ(verdict.exchanges[0].local, "198.18.0.3:40000");
  EXPECT_EQ(verdict.exchanges[1].local, "[fd00::4]:40001");
  EXPECT_EQ(verdict.exchanges[1].echoed, 3u);
  EXPECT_EQ(verdict.exchanges[0].rtt_min_ns, 200'000u);
  EXPECT_EQ(verdict.exchanges[0].rtt_p99_ns, 200'000u);
  EXPECT_TRUE(verdict.notes.empty()) << verdict.notes[0];
}

TEST(UdpVerdict, JudgingTwiceGivesTheSameBytes) {
  Lab lab;
  lab.request(0, 1);
  lab.reply(0, "onx");
  lab.request(0, 2);
  lab.write();
  EXPECT_EQ(to_json(verify_run(lab.run)), to_json(verify_run(lab.run)));
}

TEST(UdpVerdict, ALostEchoNamesTheRequest) {
  Lab lab;
  lab.request(0, 1);
  lab.echo(0, 1);
  const auto lost = lab.request(0, 2);
  lab.request(0, 3);
  lab.echo(0, 3);
  const Verdict verdict = lab.judge();
  const Finding finding = finding_of(verdict, "echoes_match", "client-1");
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_EQ(finding.message_number, 2u);
  EXPECT_TRUE(cites_packet(finding, lost));
  EXPECT_THAT(finding.message, HasSubstr("message 2 (packet 3) got no echo"));
  EXPECT_EQ(outcome_of(verdict, "counts", "client-1"), Outcome::failed);
  EXPECT_EQ(outcome_of(verdict, "nothing_else_echoed", "client-1"), Outcome::passed);
  EXPECT_EQ(verdict.exchanges[0].lost, 1u);
  EXPECT_EQ(verdict.exchanges[0].echoed, 2u);
}

TEST(UdpVerdict, ADoubledEchoIsADuplicateOfItsMessage) {
  Lab lab;
  lab.request(0, 1);
  lab.echo(0, 1);
  const auto second = lab.echo(0, 1);
  lab.request(0, 2);
  lab.echo(0, 2);
  lab.request(0, 3);
  lab.echo(0, 3);
  const Verdict verdict = lab.judge();
  const Finding finding = finding_of(verdict, "nothing_else_echoed", "client-1");
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_EQ(finding.message_number, 1u);
  EXPECT_TRUE(cites_packet(finding, second));
  EXPECT_EQ(outcome_of(verdict, "echoes_match", "client-1"), Outcome::passed);
  EXPECT_EQ(verdict.exchanges[0].duplicated, 1u);
}

TEST(UdpVerdict, AnAlteredByteIsNamedWithWhatWasExpected) {
  Lab lab({"hello, world"});
  lab.request(0, 1);
  const auto altered = lab.reply(0, "hello, wOrld");
  const Verdict verdict = lab.judge();
  const Finding finding = finding_of(verdict, "echoes_match", "client-1");
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_THAT(finding.message, HasSubstr("first difference is at byte 8"));
  EXPECT_EQ(finding.expected, "hello, world");
  EXPECT_EQ(finding.got, "hello, wOrld");
  EXPECT_TRUE(cites_packet(finding, altered));
  EXPECT_EQ(verdict.exchanges[0].altered, 1u);
  EXPECT_EQ(verdict.exchanges[0].lost, 0u);
}

TEST(UdpVerdict, TruncatedAndAppendedEchoesAreAltered) {
  Lab lab({"first message", "second message"});
  lab.request(0, 1);
  lab.reply(0, "first");
  lab.request(0, 2);
  lab.reply(0, std::string("second message\0", 15));
  const Verdict verdict = lab.judge();
  const Finding finding = finding_of(verdict, "echoes_match", "client-1");
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_THAT(finding.message,
              AllOf(HasSubstr("byte 5"), HasSubstr("5 bytes came back of 13"), HasSubstr("2 replies")));
  EXPECT_EQ(verdict.exchanges[0].altered, 2u);
}

TEST(UdpVerdict, AnEchoAfterTheTimeoutIsLate) {
  Lab lab({"slow"});
  lab.request(0, 1);
  lab.wire.advance_us(2'500'000);
  const auto late = lab.echo(0, 1);
  const Verdict verdict = lab.judge();
  const Finding finding = finding_of(verdict, "echoes_match", "client-1");
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_THAT(finding.message, HasSubstr("later than 2s"));
  EXPECT_TRUE(cites_packet(finding, late));
  EXPECT_EQ(verdict.exchanges[0].late, 1u);
}

TEST(UdpVerdict, AnAnswerFromAnotherPortIsNoEcho) {
  Lab lab({"who are you"});
  lab.request(0, 1);
  lab.wire.advance_us(50);
  const auto strange = lab.wire.udp({lab.server().address, Port{5001}}, lab.client(0), "who are you");
  const Verdict verdict = lab.judge();
  const Finding finding = finding_of(verdict, "nothing_else_echoed", "client-1");
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_THAT(finding.message, HasSubstr("198.18.0.2:5001, not from 198.18.0.2:5000"));
  EXPECT_TRUE(cites_packet(finding, strange));
  const Finding lost = finding_of(verdict, "echoes_match", "client-1");
  EXPECT_EQ(lost.outcome, Outcome::failed);
  EXPECT_THAT(lost.message, HasSubstr("an answer came from 198.18.0.2:5001"));
}

TEST(UdpVerdict, AnEchoToTheWrongClientIsToldOnBothSides) {
  Lab lab({"from the first"});
  lab.add_client({"from the second"});
  lab.without_logs();
  lab.request(0, 1);
  lab.request(1, 1);
  const auto wrong = lab.reply(1, "from the first");
  lab.echo(1, 1);
  const Verdict verdict = lab.judge();
  const Finding receiver = finding_of(verdict, "nothing_else_echoed", "client-2");
  EXPECT_EQ(receiver.outcome, Outcome::failed);
  EXPECT_THAT(receiver.message, HasSubstr("client-2 was sent the echo of client-1, message 1"));
  EXPECT_TRUE(cites_packet(receiver, wrong));
  EXPECT_EQ(outcome_of(verdict, "echoes_match", "client-2"), Outcome::passed);
  const Finding victim = finding_of(verdict, "echoes_match", "client-1");
  EXPECT_EQ(victim.outcome, Outcome::failed);
  EXPECT_THAT(victim.message, HasSubstr("the echo of message 1 was sent to client-2"));
}

TEST(UdpVerdict, WhatNobodyAskedForIsUnsolicited) {
  Lab lab({"a question"});
  lab.request(0, 1);
  lab.echo(0, 1);
  const auto advert = lab.reply(0, "buy now, it is cheap");
  const Verdict verdict = lab.judge();
  const Finding finding = finding_of(verdict, "nothing_else_echoed", "client-1");
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_TRUE(cites_packet(finding, advert));
  EXPECT_EQ(finding.got, "buy now, it is cheap");
  EXPECT_EQ(outcome_of(verdict, "echoes_match", "client-1"), Outcome::passed);
}

TEST(UdpVerdict, AReplyThatResembledARequestIsUnsolicitedOnceTheTrueEchoComes) {
  Lab lab({"abcdefgh"});
  lab.request(0, 1);
  lab.reply(0, "abcdXfgh");
  lab.echo(0, 1);
  const Verdict verdict = lab.judge();
  EXPECT_EQ(outcome_of(verdict, "echoes_match", "client-1"), Outcome::passed);
  EXPECT_EQ(outcome_of(verdict, "nothing_else_echoed", "client-1"), Outcome::failed);
  EXPECT_EQ(verdict.exchanges[0].altered, 0u);
  EXPECT_EQ(verdict.exchanges[0].unsolicited, 1u);
}

TEST(UdpVerdict, ADatagramOfTheServerToAnUnknownPortIsTheLabs) {
  Lab lab({"x"});
  lab.exchange_all(0);
  const auto stray = lab.wire.udp(lab.server(), {lab.client(0).address, Port{9}}, "boo");
  const Verdict verdict = lab.judge();
  const Finding finding = finding_of(verdict, "nothing_else_echoed", "lab");
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_TRUE(cites_packet(finding, stray));
}

TEST(UdpVerdict, ARequestThatDiffersFromThePlanIsTheClients) {
  Lab lab({"학번 20241234", "two"});
  const auto wrong = lab.wire.udp(lab.client(0), lab.server(), "학번 20249999");
  lab.reply(0, "학번 20249999");
  lab.request(0, 2);
  lab.echo(0, 2);
  const Verdict verdict = lab.judge();
  const Finding finding = finding_of(verdict, "echoes_match", "client-1");
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_EQ(finding.message_number, 1u);
  EXPECT_THAT(finding.message, HasSubstr("was not sent as planned"));
  EXPECT_THAT(finding.expected, HasSubstr("20241234"));
  EXPECT_THAT(finding.got, HasSubstr("20249999"));
  EXPECT_TRUE(cites_packet(finding, wrong));
  EXPECT_EQ(outcome_of(verdict, "nothing_else_echoed", "client-1"), Outcome::passed);
}

TEST(UdpVerdict, IdenticalPayloadsInFlightPairInOrder) {
  Lab lab({"same", "same", "same"});
  lab.request(0, 1);
  lab.request(0, 2);
  lab.request(0, 3);
  for (int i = 0; i < 3; ++i) lab.reply(0, "same");
  const Verdict verdict = lab.judge();
  EXPECT_EQ(verdict.outcome, Outcome::passed);
  EXPECT_EQ(verdict.exchanges[0].echoed, 3u);
}

TEST(UdpVerdict, ReorderedEchoesAreEchoes) {
  Lab lab;
  for (std::uint32_t m = 1; m <= 3; ++m) lab.request(0, m);
  for (std::uint32_t m = 3; m >= 1; --m) lab.echo(0, m);
  const Verdict verdict = lab.judge();
  EXPECT_EQ(verdict.outcome, Outcome::passed);
}

TEST(UdpVerdict, ZeroLengthDatagramsCount) {
  Lab lab({"", ""});
  lab.request(0, 1);
  lab.echo(0, 1);
  const auto lost = lab.request(0, 2);
  const Verdict verdict = lab.judge();
  EXPECT_EQ(verdict.exchanges[0].echoed, 1u);
  EXPECT_TRUE(cites_packet(finding_of(verdict, "echoes_match", "client-1"), lost));
}

TEST(UdpVerdict, ARetryThatIsEchoedMakesTheMessageEchoed) {
  Lab lab({"again", "again", "again"});
  lab.exchange(0).retries = 1;
  lab.request(0, 1);
  lab.wire.advance_us(2'000'000);
  lab.request(0, 1);
  lab.echo(0, 1);
  for (std::uint32_t m = 2; m <= 3; ++m) {
    lab.request(0, m);
    lab.echo(0, m);
  }
  const Verdict verdict = lab.judge();
  EXPECT_EQ(verdict.outcome, Outcome::passed) << to_json(verdict);
  EXPECT_EQ(verdict.exchanges[0].echoed, 3u);
  EXPECT_EQ(verdict.exchanges[0].rtt_max_ns, 200'000u);
}

TEST(UdpVerdict, ARepeatBeyondTheRetriesIsCounted) {
  Lab lab({"just once"});
  lab.request(0, 1);
  lab.echo(0, 1);
  const auto again = lab.request(0, 1);
  lab.echo(0, 1);
  const Verdict verdict = lab.judge();
  EXPECT_EQ(outcome_of(verdict, "echoes_match", "client-1"), Outcome::passed);
  EXPECT_EQ(outcome_of(verdict, "nothing_else_echoed", "client-1"), Outcome::passed);
  const Finding finding = finding_of(verdict, "counts", "client-1");
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_TRUE(cites_packet(finding, again));
}

TEST(UdpVerdict, FragmentsAreOneDatagram) {
  for (const Family family : {Family::ipv4, Family::ipv6}) {
    Lab lab;
    const auto big = lab.add_client({std::string(4096, 'x'), std::string(3000, 'y')}, Transport::udp, family);
    lab.without_logs();
    lab.exchange_all(0);
    lab.wire.udp_fragments(lab.client(big), lab.server(big), lab.payload(big, 1), 1480);
    lab.wire.udp_fragments(lab.server(big), lab.client(big), lab.payload(big, 1), 1480);
    lab.wire.udp_fragments(lab.client(big), lab.server(big), lab.payload(big, 2), 1480);
    lab.wire.udp_fragments(lab.server(big), lab.client(big), lab.payload(big, 2), 1480, 1);
    const Verdict verdict = lab.judge();
    EXPECT_EQ(verdict.exchanges[big].echoed, 1u);
    EXPECT_EQ(verdict.exchanges[big].lost, 1u);
    EXPECT_EQ(finding_of(verdict, "echoes_match", "client-2").message_number, 2u);
  }
}

TEST(UdpVerdict, TwoClientsOnOnePortAreCaught) {
  RunFolderBuilder lab;
  lab.add_client({"one"});
  lab.add_client_beside(0);
  lab.exchange_all(0);
  const std::string bind = R"("event":"bind","local":"0.0.0.0:40000","client":)";
  lab.log_line("client-1", bind + "1");
  lab.log_line("client-1", bind + "2");
  const Verdict verdict = verify_run(lab.write());
  const Finding finding = finding_of(verdict, "own_port", "client-1#2");
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_THAT(finding.message, HasSubstr("share 198.18.0.3:40000"));
  EXPECT_EQ(outcome_of(verdict, "own_port", "client-1#1"), Outcome::failed);
}

TEST(UdpVerdict, WithoutLogsPortsAreLearntInOrderOfAppearance) {
  Lab lab({"hi"});
  lab.add_client_beside(0);
  lab.exchange_all(0);
  lab.exchange_all(1);
  const Verdict verdict = lab.judge();
  EXPECT_EQ(verdict.outcome, Outcome::passed);
  EXPECT_EQ(verdict.exchanges[1].local, "198.18.0.3:40001");
  ASSERT_EQ(verdict.notes.size(), 1u);
  EXPECT_THAT(verdict.notes[0], HasSubstr("learnt from the wire"));
}

TEST(UdpVerdict, AFloodOfFaultsStaysOneFinding) {
  Lab lab(std::vector<std::string>(200, "lost {message}"));
  for (std::uint32_t m = 1; m <= 200; ++m) lab.request(0, m);
  const Verdict verdict = lab.judge();
  EXPECT_EQ(verdict.findings.size(), 5u);
  const Finding finding = finding_of(verdict, "echoes_match", "client-1");
  EXPECT_THAT(finding.message, HasSubstr("200 messages in all"));
  EXPECT_EQ(finding.evidence.size(), 16u);
}

}  // namespace
}  // namespace echolab::verify

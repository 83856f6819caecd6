// TCP: streams compared byte by byte, whatever the segments.

#include <gmock/gmock.h>

#include "tests/support/run_folder_builder.h"
#include "tests/unit/verify/verdict_matchers.h"

namespace echolab::verify {
namespace {

using test::RunFolderBuilder;
using ::testing::HasSubstr;

constexpr std::uint8_t fin = 1, syn = 2, rst = 4, psh = 8, ack = 16;

// One connection whose two ends are driven by hand.
struct Lab : RunFolderBuilder {
  explicit Lab(std::vector<std::string> messages) {
    add_client(std::move(messages), Transport::tcp);
    for (plan::Node& node : run.plan.nodes) node.writes_events = false;
  }
  void open() {
    wire.tcp(client(0), server(), 1000, 0, syn);
    wire.tcp(server(), client(0), 9000, 1001, syn | ack);
    wire.tcp(client(0), server(), 1001, 9001, ack);
  }
  std::uint64_t send(std::string_view bytes) {
    wire.advance_us(100);
    const auto packet = wire.tcp(client(0), server(), 1001 + sent, 9001 + echoed, psh | ack, bytes);
    sent += static_cast<std::uint32_t>(bytes.size());
    return packet;
  }
  std::uint64_t answer(std::string_view bytes) {
    wire.advance_us(100);
    const auto packet = wire.tcp(server(), client(0), 9001 + echoed, 1001 + sent, psh | ack, bytes);
    echoed += static_cast<std::uint32_t>(bytes.size());
    return packet;
  }
  void close() {
    wire.tcp(client(0), server(), 1001 + sent, 9001 + echoed, fin | ack);
    wire.tcp(server(), client(0), 9001 + echoed, 1002 + sent, fin | ack);
    wire.tcp(client(0), server(), 1002 + sent, 9002 + echoed, ack);
  }
  Verdict judge() { return verify_run(write()); }
  std::uint32_t sent = 0, echoed = 0;
};

TEST(TcpVerdict, TheSameStreamInOtherChunksPasses) {
  Lab lab({"hello", "", "world"});
  lab.open();
  lab.send("hel");
  lab.answer("h");
  lab.send("loworld");
  lab.answer("ellowor");
  lab.answer("ld");
  lab.close();
  const Verdict verdict = lab.judge();
  EXPECT_EQ(verdict.outcome, Outcome::passed) << to_json(verdict);
  EXPECT_EQ(verdict.exchanges[0].echoed, 3u);
  EXPECT_EQ(verdict.exchanges[0].protocol, "tcp");
}

TEST(TcpVerdict, TheFirstDifferenceIsNamedByOffsetMessageAndPacket) {
  Lab lab({"hello", "world"});
  lab.open();
  lab.send("helloworld");
  const auto wrong = lab.answer("helloWorld");
  lab.close();
  const Verdict verdict = lab.judge();
  const Finding finding = finding_of(verdict, "echoes_match", "client-1");
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_EQ(finding.message_number, 2u);
  EXPECT_TRUE(cites_packet(finding, wrong));
  EXPECT_THAT(finding.message, HasSubstr("stream offset 5"));
  EXPECT_EQ(finding.expected, "world");
  EXPECT_EQ(verdict.exchanges[0].echoed, 1u);
  EXPECT_EQ(verdict.exchanges[0].altered, 1u);
}

TEST(TcpVerdict, AConnectionThatTheServerCutsLosesTheRest) {
  Lab lab({"hello", "world"});
  lab.open();
  lab.send("helloworld");
  lab.answer("hellow");
  lab.wire.tcp(lab.server(), lab.client(0), 9007, 1011, rst | ack);
  const Verdict verdict = lab.judge();
  const Finding finding = finding_of(verdict, "echoes_match", "client-1");
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_EQ(finding.message_number, 2u);
  EXPECT_THAT(finding.message, HasSubstr("the server reset the connection (packet 6) after 6 of 10 bytes"));
  EXPECT_EQ(outcome_of(verdict, "nothing_else_echoed", "client-1"), Outcome::passed);
}

TEST(TcpVerdict, AnEarlyOrderlyCloseIsNamed) {
  Lab lab({"hello", "world"});
  lab.open();
  lab.send("helloworld");
  lab.answer("hello");
  lab.close();
  EXPECT_THAT(finding_of(lab.judge(), "echoes_match", "client-1").message,
              HasSubstr("the server ended its stream (packet 7) after 5 of 10 bytes"));
}

TEST(TcpVerdict, RetransmissionsChangeNothing) {
  Lab lab({"hello", "world"});
  lab.open();
  lab.send("hello");
  lab.wire.tcp(lab.client(0), lab.server(), 1001, 9001, psh | ack, "hello");
  lab.answer("hello");
  lab.send("world");
  lab.answer("world");
  lab.wire.tcp(lab.server(), lab.client(0), 9004, 1011, psh | ack, "loworld");
  lab.close();
  const Verdict verdict = lab.judge();
  EXPECT_EQ(verdict.outcome, Outcome::passed) << to_json(verdict);
}

TEST(TcpVerdict, BytesThatOnlyTheCaptureLostAreInconclusive) {
  Lab lab({"hello", "world"});
  lab.open();
  lab.send("hello");
  lab.answer("hello");
  lab.send("world");
  lab.echoed += 5;  // the echo of "world" was sent and acknowledged, but never captured
  lab.wire.tcp(lab.client(0), lab.server(), 1011, 9011, ack);
  lab.close();
  const Verdict verdict = lab.judge();
  EXPECT_EQ(outcome_of(verdict, "echoes_match", "client-1"), Outcome::inconclusive) << to_json(verdict);
  EXPECT_EQ(verdict.outcome, Outcome::inconclusive);
}

TEST(TcpVerdict, MoreThanWasSentIsUnsolicited) {
  Lab lab({"hello"});
  lab.open();
  lab.send("hello");
  const auto more = lab.answer("hello, friend");
  lab.close();
  const Verdict verdict = lab.judge();
  EXPECT_EQ(outcome_of(verdict, "echoes_match", "client-1"), Outcome::passed);
  const Finding finding = finding_of(verdict, "nothing_else_echoed", "client-1");
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_THAT(finding.message, HasSubstr("13 bytes came back of 5"));
  EXPECT_TRUE(cites_packet(finding, more));
}

TEST(TcpVerdict, AStreamThatDiffersFromThePlanIsTheClients) {
  Lab lab({"hello", "world"});
  lab.open();
  const auto wrong = lab.send("hellO");
  lab.answer("hellO");
  lab.send("world");
  lab.answer("world");
  lab.close();
  const Finding finding = finding_of(lab.judge(), "echoes_match", "client-1");
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_THAT(finding.message, HasSubstr("was not sent as planned"));
  EXPECT_TRUE(cites_packet(finding, wrong));
}

TEST(TcpVerdict, ARefusedConnectionSentNothing) {
  Lab lab({"hello"});
  lab.wire.tcp(lab.client(0), lab.server(), 1000, 0, syn);
  lab.wire.tcp(lab.server(), lab.client(0), 0, 1001, rst | ack);
  const Verdict verdict = lab.judge();
  const Finding finding = finding_of(verdict, "echoes_match", "client-1");
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_THAT(finding.hint, HasSubstr("does the server listen"));
}

TEST(TcpVerdict, LateEchoesAreLate) {
  Lab lab({"hello"});
  lab.open();
  lab.send("hello");
  lab.wire.advance_us(3'000'000);
  lab.answer("hello");
  lab.close();
  const Verdict verdict = lab.judge();
  EXPECT_EQ(outcome_of(verdict, "echoes_match", "client-1"), Outcome::failed);
  EXPECT_EQ(verdict.exchanges[0].late, 1u);
}

TEST(TcpVerdict, LargeMessagesAreComparedInPieces) {
  Lab lab({""});
  lab.exchange(0).payload = plan::BytePayload{{100'000, 50'001}, scenario::Fill::random, 7};
  lab.exchange(0).messages = 3;
  lab.open();
  const std::string stream = lab.payload(0, 1) + lab.payload(0, 2) + lab.payload(0, 3);
  for (std::size_t at = 0; at < stream.size(); at += 1448) {
    lab.send(std::string_view(stream).substr(at, 1448));
    lab.answer(std::string_view(stream).substr(at, 1448));
  }
  lab.close();
  const Verdict verdict = lab.judge();
  EXPECT_EQ(verdict.outcome, Outcome::passed) << to_json(verdict);
  EXPECT_EQ(verdict.exchanges[0].echoed, 3u);
}

TEST(TcpVerdict, ClientAndServerLogsAreHeldAgainstTheStream) {
  RunFolderBuilder lab;
  lab.add_client({"hello"}, Transport::tcp);
  lab.wire.tcp(lab.client(0), lab.server(), 1000, 0, syn);
  lab.wire.tcp(lab.server(), lab.client(0), 9000, 1001, syn | ack);
  lab.wire.tcp(lab.client(0), lab.server(), 1001, 9001, ack);
  lab.wire.tcp(lab.client(0), lab.server(), 1001, 9001, psh | ack, "hello");
  lab.wire.tcp(lab.server(), lab.client(0), 9001, 1006, psh | ack, "hello");
  lab.log_bind(0);
  lab.log_sent(0, 1);
  lab.log_received(0, 1);
  lab.log_server("recv", 0, "hello");
  lab.log_server("send", 0, "hello");
  EXPECT_EQ(verify_run(lab.write()).outcome, Outcome::passed) << to_json(verify_run(lab.run));
  lab.log_server("send", 0, "hello");
  EXPECT_THAT(finding_of(verify_run(lab.write()), "echoes_match", "client-1").message,
              HasSubstr("10 bytes logged, 5 on the wire"));
}

}  // namespace
}  // namespace echolab::verify

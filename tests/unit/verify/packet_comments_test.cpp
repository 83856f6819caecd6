// What a person reads beside each packet, for each thing that can happen to it.

#include "lab/verify/packet_comments.h"

#include <gmock/gmock.h>

#include <map>

#include "lab/verify/ledger.h"
#include "tests/support/run_folder_builder.h"
#include "tests/unit/verify/verdict_matchers.h"

namespace echolab::verify {
namespace {

using test::RunFolderBuilder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::uint8_t fin = 1, syn = 2, rst = 4, psh = 8, ack = 16;

struct Commented : RunFolderBuilder {
  void without_logs() {
    for (plan::Node& node : run.plan.nodes) node.writes_events = false;
  }
  // Judges, and reads all comments in order; the verdict must not depend on whether somebody wants them.
  void judge(std::size_t limit = Annotations::default_limit) {
    without_logs();
    write();
    Annotations annotations(limit);
    const std::string with = to_json(verify_run(run, &annotations));
    EXPECT_EQ(with, to_json(verify_run(run)));
    PacketComments comments(run.plan, annotations);
    for (std::uint64_t packet = 1; packet <= wire.packets(); ++packet) {
      const auto texts = comments.of(packet);
      said[packet].assign(texts.begin(), texts.end());
    }
    about_all = comments.about_all();
  }
  // One comment per packet, which is what most tests want.
  std::string only(std::uint64_t packet) { return said[packet].size() == 1 ? said[packet][0] : "not one comment"; }

  std::map<std::uint64_t, std::vector<std::string>> said;
  std::vector<std::string> about_all;
};

struct Udp : Commented {
  explicit Udp(std::vector<std::string> messages = {"one", "two", "three"}) { add_client(std::move(messages)); }
};

TEST(UdpComments, ARequestAndItsEchoPointAtEachOther) {
  Udp lab;
  const auto request = lab.request(0, 1);
  const auto echo = lab.echo(0, 1);
  lab.judge();
  EXPECT_EQ(lab.only(request), "client-1 message 1, echoed in packet 2 after 200 µs");
  EXPECT_EQ(lab.only(echo), "echo of client-1 message 1 (packet 1), after 200 µs");
  EXPECT_THAT(lab.about_all, IsEmpty());
}

TEST(UdpComments, OneOfSeveralClientsInAContainerIsNamed) {
  Udp lab({"x"});
  lab.add_client_beside(0);
  lab.exchange_all(0);
  const auto second = lab.request(1, 1);
  lab.judge();
  EXPECT_EQ(lab.only(second), "client-1#2 message 1, no echo in the capture");
}

TEST(UdpComments, ALateEchoSaysTheTimeout) {
  Udp lab;
  const auto request = lab.request(0, 1);
  lab.wire.advance_us(2'499'800);
  const auto echo = lab.echo(0, 1);
  lab.judge();
  EXPECT_EQ(lab.only(request), "client-1 message 1, echoed too late in packet 2 after 2.50 s (timeout 2s)");
  EXPECT_EQ(lab.only(echo), "late echo of client-1 message 1 (packet 1), after 2.50 s (timeout 2s)");
}

TEST(UdpComments, AnAlteredByteIsShownAsNumbersOnly) {
  Udp lab({"hel\x1b[31mlo"});
  const auto request = lab.request(0, 1);
  const auto reply = lab.reply(0, "hel\x07[31mlo");
  lab.judge();
  EXPECT_EQ(lab.only(request), "client-1 message 1, altered in packet 2");
  EXPECT_EQ(lab.only(reply), "altered: byte 3 is 0x07, was 0x1b, reply to client-1 message 1 (packet 1)");
}

TEST(UdpComments, OtherLengthsAreSaid) {
  Udp lab({"first message", "second message", "third message"});
  lab.request(0, 1);
  const auto shorter = lab.reply(0, "first");
  lab.request(0, 2);
  const auto longer = lab.reply(0, "second message, more");
  lab.request(0, 3);
  const auto both = lab.reply(0, "third messagE!");
  lab.judge();
  EXPECT_EQ(lab.only(shorter), "altered: only the first 5 of 13 bytes, reply to client-1 message 1 (packet 1)");
  EXPECT_EQ(lab.only(longer), "altered: 6 more than the 14 bytes sent, reply to client-1 message 2 (packet 3)");
  EXPECT_EQ(lab.only(both),
            "altered: byte 12 is 0x45, was 0x65; 14 bytes, was 13, reply to client-1 message 3 (packet 5)");
}

TEST(UdpComments, AReplyThatOnlyResembledIsUnsolicitedAfterAll) {
  Udp lab({"abcdefgh"});
  const auto request = lab.request(0, 1);
  const auto resembling = lab.reply(0, "abcdXfgh");
  const auto echo = lab.echo(0, 1);
  lab.judge();
  EXPECT_EQ(lab.only(request), "client-1 message 1, echoed in packet 3 after 400 µs");
  EXPECT_EQ(lab.only(resembling), "unsolicited: resembles client-1 message 1, whose true echo is packet 3");
  EXPECT_EQ(lab.only(echo), "echo of client-1 message 1 (packet 1), after 400 µs");
}

TEST(UdpComments, ALostMessageSentAgainShowsBothAttempts) {
  Udp lab({"again"});
  lab.exchange(0).retries = 1;
  const auto first = lab.request(0, 1);
  lab.wire.advance_us(2'000'000);
  const auto second = lab.request(0, 1);
  const auto echo = lab.echo(0, 1);
  lab.judge();
  EXPECT_THAT(lab.said[first],
              ElementsAre("client-1 message 1, sent again in packet 2", "client-1 message 1, no echo in the capture"));
  EXPECT_EQ(lab.only(second), "client-1 message 1, attempt 2, echoed in packet 3 after 200 µs");
  EXPECT_EQ(lab.only(echo), "echo of client-1 message 1, attempt 2 (packet 2), after 200 µs");
}

TEST(UdpComments, WhatIsNotAsPlannedSaysSo) {
  Udp lab({"planned", "two"});
  const auto differs = lab.wire.udp(lab.client(0), lab.server(), "plAnned");
  const auto echo = lab.reply(0, "plAnned");
  lab.request(0, 2);
  lab.echo(0, 2);
  const auto more = lab.wire.udp(lab.client(0), lab.server(), "and more");
  lab.judge();
  EXPECT_THAT(lab.said[differs], ElementsAre("client-1 sent this instead of message 1: byte 2 is 0x41, planned 0x61",
                                             "client-1 message 1, echoed in packet 2 after 200 µs"));
  EXPECT_EQ(lab.only(echo), "echo of client-1 message 1 (packet 1), after 200 µs");
  EXPECT_THAT(lab.said[more], ElementsAre("client-1 sent more than is planned",
                                          "client-1 datagram that is not planned, no echo in the capture"));
}

TEST(UdpComments, AnAlteredReplyToWhatNobodyPlannedHasNoByteToName) {
  Udp lab({"planned"});
  lab.wire.udp(lab.client(0), lab.server(), "PLANNED");
  const auto reply = lab.reply(0, "pLANNED");
  lab.judge();
  EXPECT_EQ(lab.only(reply), "altered: 7 bytes as were sent, but not the same, reply to client-1 message 1 (packet 1)");
}

TEST(UdpComments, RepliesThatAreNoEchoes) {
  Udp lab({"one", "two", "three"});
  lab.request(0, 1);
  lab.echo(0, 1);
  const auto duplicate = lab.echo(0, 1);
  const auto orphan = lab.echo(0, 3);
  const auto unsolicited = lab.reply(0, "buy now, it is cheap");
  lab.judge();
  EXPECT_EQ(lab.only(duplicate), "duplicate: another echo of client-1 message 1, first echoed in packet 2");
  EXPECT_EQ(lab.only(orphan), "echo of client-1 message 3, whose request is not in the capture");
  EXPECT_EQ(lab.only(unsolicited), "unsolicited: client-1 sent nothing that this answers");
}

TEST(UdpComments, ARequestIsAnsweredFromAnotherPort) {
  Udp lab({"one"});
  const auto request = lab.request(0, 1);
  Endpoint elsewhere = lab.server();
  elsewhere.port = Port{5001};
  const auto echo = lab.wire.udp(elsewhere, lab.client(0), "one");
  const auto other = lab.wire.udp(elsewhere, lab.client(0), "else");
  lab.judge();
  EXPECT_EQ(lab.only(request), "client-1 message 1, no echo in the capture");
  EXPECT_EQ(lab.only(echo),
            "no echo: client-1 asked 198.18.0.2:5000, and another endpoint replies, with the bytes of client-1 message "
            "1 (packet 1)");
  EXPECT_EQ(lab.only(other), "no echo: client-1 asked 198.18.0.2:5000, and another endpoint replies");
}

TEST(UdpComments, AnEchoForAnotherClientNamesBoth) {
  Udp lab({"for the first client"});
  lab.add_client({"second"});
  lab.exchange_all(1);
  const auto request = lab.request(0, 1);
  const auto wrong = lab.reply(1, "for the first client");
  lab.judge();
  EXPECT_THAT(lab.said[request], ElementsAre("client-1 message 1, its echo went in packet 4 to client-2",
                                             "client-1 message 1, no echo in the capture"));
  EXPECT_EQ(lab.only(wrong), "wrong client: these are the bytes of client-1 message 1 (packet 3), sent to client-2");
}

TEST(UdpComments, StrangersAreNamedAsSuch) {
  Udp lab({"x"});
  lab.exchange_all(0);
  const auto from_server = lab.wire.udp(lab.server(), {lab.client(0).address, Port{9}}, "boo");
  const auto to_server = lab.wire.udp({*IpAddress::parse("198.18.0.99"), Port{9}}, lab.server(), "boo");
  const auto others = lab.wire.udp({*IpAddress::parse("198.18.0.99"), Port{9}}, lab.client(0), "boo");
  lab.judge();
  EXPECT_EQ(lab.only(from_server), "unsolicited: a server sent it, and no client of the plan asked");
  EXPECT_EQ(lab.only(to_server), "not planned: no client of the plan has this endpoint");
  EXPECT_THAT(lab.said[others], IsEmpty());
}

TEST(UdpComments, TheLastFragmentTellsAndTheOthersPointAtIt) {
  Udp lab({std::string(3000, 'f')});
  lab.wire.udp_fragments(lab.client(0), lab.server(), lab.payload(0, 1), 1480);
  lab.wire.advance_us(200);
  lab.wire.udp_fragments(lab.server(), lab.client(0), lab.payload(0, 1), 1480);
  lab.judge();
  EXPECT_EQ(lab.only(1), "fragment of a datagram, whole in packet 3");
  EXPECT_EQ(lab.only(2), "fragment of a datagram, whole in packet 3");
  EXPECT_EQ(lab.only(3), "client-1 message 1, echoed in packet 6 after 200 µs");
  EXPECT_EQ(lab.only(4), "fragment of a datagram, whole in packet 6");
  EXPECT_EQ(lab.only(6), "echo of client-1 message 1 (packet 3), after 200 µs");
}

TEST(UdpComments, RequestsThatAreForgottenStillSayThatNoEchoCame) {
  const auto count = static_cast<std::uint32_t>(2 * ExchangeState::open_kept + 2);
  Udp lab(std::vector<std::string>(count, "lost {message}"));
  for (std::uint32_t m = 1; m <= count; ++m) lab.request(0, m);
  lab.judge();
  for (std::uint32_t m = 1; m <= count; ++m) {
    ASSERT_EQ(lab.only(m), "client-1 message " + std::to_string(m) + ", no echo in the capture");
  }
}

TEST(UdpComments, BeyondTheLimitTheFileSaysHowManyAreMissing) {
  Udp lab;
  lab.exchange_all(0);
  lab.judge(4);
  EXPECT_THAT(lab.said[4], testing::SizeIs(1));
  EXPECT_THAT(lab.said[5], IsEmpty());
  EXPECT_THAT(lab.about_all, ElementsAre("2 packet comments were left out: only 4 are kept"));
}

// One connection whose two ends are driven by hand.
struct Tcp : Commented {
  explicit Tcp(std::vector<std::string> messages) { add_client(std::move(messages), Transport::tcp); }
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
  std::uint32_t sent = 0, echoed = 0;
};

TEST(TcpComments, AConnectionIsToldFromItsHandshakeToItsEnd) {
  Tcp lab({"hello", "world"});
  lab.open();
  const auto first = lab.send("hel");
  const auto rest = lab.send("loworld");
  const auto part = lab.answer("hello");
  const auto end = lab.answer("world");
  lab.close();
  lab.judge();
  EXPECT_EQ(lab.only(1), "handshake 1 of 3 (SYN), client-1");
  EXPECT_EQ(lab.only(2), "handshake 2 of 3 (SYN+ACK), client-1");
  EXPECT_EQ(lab.only(3), "handshake 3 of 3 (ACK), client-1");
  EXPECT_THAT(lab.said[first], IsEmpty());
  EXPECT_THAT(lab.said[rest], ElementsAre("client-1 message 1, echoed in packet 6 after 100 µs",
                                          "client-1 message 2, echoed in packet 7 after 200 µs"));
  EXPECT_EQ(lab.only(part), "echo of client-1 message 1 (packet 5), after 100 µs");
  EXPECT_EQ(lab.only(end), "echo of client-1 message 2 (packet 5), after 200 µs");
  EXPECT_EQ(lab.only(8), "client-1 has sent everything (FIN)");
  EXPECT_EQ(lab.only(9), "the server has sent everything to client-1 (FIN)");
  EXPECT_THAT(lab.said[10], IsEmpty());
}

TEST(TcpComments, ManyMessagesInOneSegmentAreCounted) {
  Tcp lab(std::vector<std::string>(100, "0123456789"));
  lab.open();
  std::string all;
  for (int i = 0; i < 100; ++i) all += "0123456789";
  const auto request = lab.send(all);
  const auto echo = lab.answer(all);
  lab.judge();
  ASSERT_EQ(lab.said[request].size(), 5u);
  EXPECT_EQ(lab.said[request][3], "client-1 message 4, echoed in packet 5 after 100 µs");
  EXPECT_EQ(lab.said[request][4], "and 96 more messages of client-1");
  ASSERT_EQ(lab.said[echo].size(), 5u);
  EXPECT_EQ(lab.said[echo][0], "echo of client-1 message 1 (packet 4), after 100 µs");
  EXPECT_EQ(lab.said[echo][4], "and 96 more messages of client-1");
}

TEST(TcpComments, TheFirstDifferenceOfEachMessageIsNamedByItsStreamOffset) {
  Tcp lab({"hello", "world"});
  lab.open();
  const auto request = lab.send("helloworld");
  const auto wrong = lab.answer("helloWOrld");
  lab.close();
  lab.judge();
  EXPECT_THAT(lab.said[request], ElementsAre("client-1 message 1, echoed in packet 5 after 100 µs",
                                             "client-1 message 2, altered in packet 5"));
  EXPECT_THAT(lab.said[wrong],
              ElementsAre("echo of client-1 message 1 (packet 4), after 100 µs",
                          "altered at stream offset 5: 0x57, was 0x77, reply to client-1 message 2 (packet 4)"));
}

TEST(TcpComments, AByteTooFewAltersAllThatFollowsAndIsNotToldAHundredTimes) {
  Tcp lab(std::vector<std::string>(50, "ab{message}"));
  lab.open();
  std::string all;
  for (std::uint32_t m = 1; m <= 50; ++m) all += lab.payload(0, m);
  lab.send(all);
  const auto shifted = lab.answer(all.substr(1));
  lab.judge();
  ASSERT_EQ(lab.said[shifted].size(), 5u);
  EXPECT_EQ(lab.said[shifted][0], "altered at stream offset 0: 0x62, was 0x61, reply to client-1 message 1 (packet 4)");
  EXPECT_EQ(lab.said[shifted][4], "and 46 more messages of client-1");
}

TEST(TcpComments, WhatTheServerCutsOffHasNoEcho) {
  Tcp lab({"hello", "world"});
  lab.open();
  const auto request = lab.send("helloworld");
  lab.answer("hellow");
  const auto reset = lab.wire.tcp(lab.server(), lab.client(0), 9007, 1011, rst | ack);
  lab.judge();
  EXPECT_THAT(lab.said[request], ElementsAre("client-1 message 1, echoed in packet 5 after 100 µs",
                                             "client-1 message 2, no echo in the capture"));
  EXPECT_EQ(lab.only(reset), "the server cuts the connection of client-1 (RST)");
}

TEST(TcpComments, AClientsResetIsItsOwn) {
  Tcp lab({"hello"});
  lab.open();
  lab.send("hello");
  lab.answer("hello");
  const auto reset = lab.wire.tcp(lab.client(0), lab.server(), 1006, 9006, rst | ack);
  lab.judge();
  EXPECT_EQ(lab.only(reset), "client-1 cuts the connection (RST)");
}

TEST(TcpComments, ARefusalIsNoReset) {
  Tcp lab({"hello"});
  lab.exchange(0).client_port = lab.client(0).port;
  lab.wire.tcp(lab.client(0), lab.server(), 1000, 0, syn);
  lab.wire.tcp(lab.server(), lab.client(0), 0, 1001, rst | ack);
  // Whose the second is nobody knows: its port is not the planned one.
  Endpoint unknown = lab.client(0);
  unknown.port = Port{33333};
  lab.wire.tcp(unknown, lab.server(), 1000, 0, syn);
  lab.judge();
  EXPECT_EQ(lab.only(1), "handshake 1 of 3 (SYN), client-1");
  EXPECT_EQ(lab.only(2), "the server refuses the connection of client-1 (RST)");
  EXPECT_EQ(lab.only(3), "handshake 1 of 3 (SYN), a client not known");
}

TEST(TcpComments, LateEchoesSayTheTimeout) {
  Tcp lab({"hello"});
  lab.open();
  const auto request = lab.send("hello");
  lab.wire.advance_us(2'999'900);
  const auto echo = lab.answer("hello");
  lab.judge();
  EXPECT_EQ(lab.only(request), "client-1 message 1, echoed too late in packet 5 after 3.00 s (timeout 2s)");
  EXPECT_EQ(lab.only(echo), "late echo of client-1 message 1 (packet 4), after 3.00 s (timeout 2s)");
}

TEST(TcpComments, MoreThanWasSentIsUnsolicited) {
  Tcp lab({"hello"});
  lab.open();
  lab.send("hello");
  const auto more = lab.answer("hello, friend");
  lab.close();
  lab.judge();
  EXPECT_THAT(lab.said[more], ElementsAre("echo of client-1 message 1 (packet 4), after 100 µs",
                                          "more came back than was sent: the stream of client-1 ends at offset 5"));
}

TEST(TcpComments, WhatTheClientSentOtherwiseIsNotJudged) {
  Tcp lab({"hello", "world"});
  lab.open();
  const auto wrong = lab.send("hellO");
  const auto echo = lab.answer("hellO");
  lab.send("world");
  lab.answer("world");
  const auto more = lab.send("more");
  lab.judge();
  EXPECT_THAT(lab.said[wrong],
              ElementsAre("client-1 message 1 is not as planned: at stream offset 4: 0x4f, planned 0x6f",
                          "client-1 message 1, its echo is not judged: what was sent is not as planned"));
  EXPECT_THAT(lab.said[echo], IsEmpty());
  EXPECT_EQ(lab.only(more), "client-1 sent more than is planned");
}

TEST(TcpComments, BytesThatTheCaptureLostMakeNoClaims) {
  Tcp lab({"hello", "world", "again"});
  lab.open();
  lab.send("hello");
  lab.answer("hello");
  const auto request = lab.send("world");
  lab.echoed += 5;  // sent and acknowledged, but never captured
  lab.wire.tcp(lab.client(0), lab.server(), 1011, 9011, ack);
  lab.sent += 5;  // "again", the same
  lab.wire.tcp(lab.server(), lab.client(0), 9011, 1016, ack);
  const auto orphan = lab.answer("again");
  lab.judge();
  EXPECT_EQ(lab.only(request), "client-1 message 2, its echo is not whole in the capture");
  EXPECT_EQ(lab.only(orphan), "echo of client-1 message 3, whose request is not in the capture");
}

TEST(TcpComments, AFurtherConnectionIsNotPlanned) {
  Tcp lab({"hello"});
  lab.open();
  lab.send("hello");
  lab.answer("hello");
  lab.close();
  const auto again = lab.wire.tcp(lab.client(0), lab.server(), 70'000, 0, syn);
  lab.wire.tcp(lab.server(), lab.client(0), 90'000, 70'001, syn | ack);
  lab.wire.tcp(lab.client(0), lab.server(), 70'001, 90'001, ack);
  lab.judge();
  EXPECT_THAT(lab.said[again],
              ElementsAre("handshake 1 of 3 (SYN), client-1", "a further connection of client-1: not planned"));
}

}  // namespace
}  // namespace echolab::verify

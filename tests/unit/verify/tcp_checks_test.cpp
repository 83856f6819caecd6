// Kinds of checks on TCP connections.

#include <gmock/gmock.h>

#include "tests/unit/verify/check_lab.h"

namespace echolab::verify {
namespace {

using scenario::CheckKind;
using scenario::Sides;
using ::testing::HasSubstr;

struct TcpLab : CheckLab {
  explicit TcpLab(CheckKind kind, scenario::CheckTerms terms = {}, std::vector<std::string> messages = {"hello"})
      : CheckLab(kind, std::move(terms)), connection(*this, add(std::move(messages), Transport::tcp)) {}
  Connection connection;
};

// --- tcp_handshake

TEST(TcpHandshakeCheck, CitesTheThreePackets) {
  TcpLab lab(CheckKind::tcp_handshake);
  lab.connection.exchange({"hello"});
  const Finding finding = lab.judge();
  EXPECT_EQ(finding.outcome, Outcome::passed);
  EXPECT_EQ(finding.message, "SYN, SYN+ACK and ACK before any data (packets 1, 2 and 3)");
  for (const std::uint64_t packet : {1u, 2u, 3u}) EXPECT_TRUE(cites_packet(finding, packet));
}

TEST(TcpHandshakeCheck, DataMustWaitForIt) {
  TcpLab lab(CheckKind::tcp_handshake);
  lab.wire.tcp(lab.client(0), lab.server(), 1000, 0, syn);
  lab.wire.tcp(lab.client(0), lab.server(), 1001, 0, psh, "hello");
  lab.wire.tcp(lab.server(), lab.client(0), 9000, 1006, syn | ack);
  lab.wire.tcp(lab.client(0), lab.server(), 1006, 9001, ack);
  const Finding finding = lab.judge();
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_EQ(finding.message, "data came before the handshake ended (packet 2)");
  lab.incomplete();
  EXPECT_EQ(lab.outcome(), Outcome::inconclusive);
}

TEST(TcpHandshakeCheck, AMissingPartIsNamed) {
  TcpLab lab(CheckKind::tcp_handshake);
  lab.connection.send("hello");
  lab.connection.answer("hello");
  EXPECT_EQ(lab.judge().message, "the handshake is not whole: there is no SYN");
  EXPECT_EQ(lab.outcome(), Outcome::failed);
  lab.incomplete();
  EXPECT_EQ(lab.outcome(), Outcome::inconclusive);
}

TEST(TcpHandshakeCheck, NoConnectionIsNoPass) {
  TcpLab lab(CheckKind::tcp_handshake);
  lab.wire.tcp(lab.client(0), lab.server(), 1000, 0, syn);
  lab.wire.tcp(lab.server(), lab.client(0), 0, 1001, rst | ack);
  EXPECT_EQ(lab.judge().message, "client-1 made no connection");
  EXPECT_EQ(lab.outcome(), Outcome::failed);
}

// --- tcp_close, no_reset

TEST(TcpCloseCheck, BothSidesEndTheirStream) {
  TcpLab lab(CheckKind::tcp_close);
  lab.connection.exchange({"hello"});
  const Finding finding = lab.judge();
  EXPECT_EQ(finding.outcome, Outcome::passed);
  EXPECT_EQ(finding.message, "both sides ended their stream (packets 6 and 7)");
  lab.incomplete();
  EXPECT_EQ(lab.outcome(), Outcome::inconclusive);
}

TEST(TcpCloseCheck, AMissingFinIsNamed) {
  TcpLab lab(CheckKind::tcp_close);
  lab.connection.open();
  lab.connection.send("hello");
  lab.connection.answer("hello");
  EXPECT_EQ(lab.judge().message, "either side never ended their stream with a FIN");
  lab.connection.fin_of_client();
  const Finding finding = lab.judge();
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_EQ(finding.message, "the server never ended its stream with a FIN");
  lab.incomplete();
  EXPECT_EQ(lab.outcome(), Outcome::inconclusive);
}

TEST(TcpCloseCheck, AResetIsNoOrderlyClose) {
  for (const CheckKind kind : {CheckKind::tcp_close, CheckKind::no_reset}) {
    TcpLab lab(kind);
    lab.connection.open();
    lab.connection.send("hello");
    lab.connection.reset_by_server();
    const Finding finding = lab.judge();
    EXPECT_EQ(finding.outcome, Outcome::failed);
    EXPECT_EQ(finding.message, "the server reset the connection (packet 5)");
    EXPECT_TRUE(cites_packet(finding, 5));
    lab.incomplete();
    EXPECT_EQ(lab.outcome(), Outcome::failed);  // it was seen
  }
}

TEST(NoResetCheck, AlsoAfterBothStreamsEnded) {
  TcpLab lab(CheckKind::no_reset);
  lab.connection.exchange({"hello"});
  EXPECT_EQ(lab.outcome(), Outcome::passed);
  const auto packet = lab.connection.reset_by_server();
  const Finding finding = lab.judge();
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_TRUE(cites_packet(finding, packet));
}

TEST(NoResetCheck, ARefusedAttemptBeforeTheConnectionDoesNotCount) {
  TcpLab lab(CheckKind::no_reset);
  lab.wire.tcp(lab.client(0), lab.server(), 500, 0, syn);
  lab.wire.tcp(lab.server(), lab.client(0), 0, 501, rst | ack);
  lab.connection.exchange({"hello"});
  EXPECT_EQ(lab.outcome(), Outcome::passed);
}

TEST(NoResetCheck, AnIncompleteCaptureMayHideOne) {
  TcpLab lab(CheckKind::no_reset);
  lab.connection.exchange({"hello"});
  lab.incomplete();
  EXPECT_EQ(lab.outcome(), Outcome::inconclusive);
}

// --- retransmissions, zero_windows, reordering

struct Again : TcpLab {
  explicit Again(scenario::SegmentTerms terms) : TcpLab(CheckKind::retransmissions, terms) {
    connection.open();
    connection.send("hello");
    connection.send_again(5, "hello");  // packet 5
    connection.answer("hello");
    connection.close();
  }
};

TEST(RetransmissionsCheck, CountsBySide) {
  EXPECT_EQ(Again({1, std::nullopt, Sides::client}).outcome(), Outcome::passed);
  EXPECT_EQ(Again({1, 1, Sides::both}).outcome(), Outcome::passed);
  EXPECT_EQ(Again({std::nullopt, 0, Sides::server}).outcome(), Outcome::passed);
  const Finding many = Again({std::nullopt, 0, Sides::both}).judge();
  EXPECT_EQ(many.outcome, Outcome::failed);
  EXPECT_EQ(many.message, "1 retransmission (packet 5), allowed: 0");
  EXPECT_TRUE(cites_packet(many, 5));
  const Finding few = Again({2, std::nullopt, Sides::both}).judge();
  EXPECT_EQ(few.outcome, Outcome::failed);
  EXPECT_EQ(few.message, "1 retransmission (packet 5), needed: 2");
}

TEST(RetransmissionsCheck, IncompleteCaptures) {
  const auto outcome = [](scenario::SegmentTerms terms) {
    Again lab(terms);
    lab.incomplete();
    return lab.outcome();
  };
  EXPECT_EQ(outcome({1, std::nullopt, Sides::both}), Outcome::passed);        // they were seen
  EXPECT_EQ(outcome({std::nullopt, 0, Sides::both}), Outcome::failed);        // they were seen
  EXPECT_EQ(outcome({2, std::nullopt, Sides::both}), Outcome::inconclusive);  // another may be missing
  EXPECT_EQ(outcome({std::nullopt, 1, Sides::both}), Outcome::inconclusive);
}

TEST(ZeroWindowsCheck, NamesTheFirst) {
  const auto with = [](scenario::SegmentTerms terms) {
    TcpLab lab(CheckKind::zero_windows, terms);
    lab.connection.open();
    lab.connection.send("hello");
    lab.wire.set_window(0);
    lab.connection.answer("hello");  // packet 5
    lab.wire.set_window(65535);
    lab.connection.close();
    return lab.judge();
  };
  EXPECT_EQ(with({std::nullopt, 0, Sides::client}).outcome, Outcome::passed);
  EXPECT_EQ(with({1, std::nullopt, Sides::server}).outcome, Outcome::passed);
  const Finding finding = with({std::nullopt, 0, Sides::both});
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_EQ(finding.message, "1 zero window (packet 5), allowed: 0");
}

TEST(ReorderingCheck, CountsTcpSegmentsOutOfOrder) {
  TcpLab lab(CheckKind::reordering, scenario::SurplusTerms{}, {"helloworld"});
  lab.connection.open();
  lab.wire.tcp(lab.client(0), lab.server(), 1006, 9001, psh | ack, "world");
  lab.wire.tcp(lab.client(0), lab.server(), 1001, 9001, psh | ack, "hello");
  const Finding finding = lab.judge();
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_THAT(finding.message, HasSubstr("1 segment out of order, allowed: 0"));
  lab.incomplete();
  EXPECT_EQ(lab.outcome(), Outcome::inconclusive);
}

// --- payload_contains

TEST(PayloadCheck, ATextMayCrossSegments) {
  using namespace scenario;
  const auto with = [](bool all) {
    TcpLab lab(CheckKind::payload_contains, PayloadTerms{"홍길동", Encoding::cp949, PayloadStreams::requests, all},
               {"\xc8\xab\xb1\xe6\xb5\xbf 1", "2 \xc8\xab\xb1\xe6\xb5\xbf"});
    lab.connection.open();
    lab.connection.send("\xc8\xab\xb1");  // packet 4
    lab.connection.send("\xe6\xb5");
    lab.connection.send("\xbf 12 \xc8");
    lab.connection.send("\xab\xb1\xe6\xb5\xbf");
    lab.connection.close();
    return lab.judge();
  };
  const Finding any = with(false);
  EXPECT_EQ(any.outcome, Outcome::passed) << any.message;
  EXPECT_EQ(any.message, "'홍길동' is in the requests, first in packet 6 (CP949)");
  EXPECT_EQ(with(true).outcome, Outcome::passed) << with(true).message;
}

TEST(PayloadCheck, EachMessageOfAStreamHasItsOwnRange) {
  using namespace scenario;
  // "ab" is in the stream at the seam of the two messages, but in neither.
  const auto with = [](bool all) {
    TcpLab lab(CheckKind::payload_contains, PayloadTerms{"ab", Encoding::utf8, PayloadStreams::requests, all},
               {"xa", "bx"});
    lab.connection.open();
    lab.connection.send("xabx");
    lab.connection.close();
    return lab.judge();
  };
  EXPECT_EQ(with(false).outcome, Outcome::passed);
  const Finding all = with(true);
  EXPECT_EQ(all.outcome, Outcome::failed);
  EXPECT_EQ(all.message, "'ab' is not in 2 of the 2 requests: the first without it is packet 4");
}

TEST(PayloadCheck, BytesThatTheCaptureLostProveNothing) {
  using namespace scenario;
  for (const bool all : {false, true}) {
    TcpLab lab(CheckKind::payload_contains, PayloadTerms{"id", Encoding::utf8, PayloadStreams::requests, all},
               {"my id is"});
    lab.connection.open();
    lab.connection.send("my ");
    lab.connection.lose_request(3);
    lab.connection.send("is");
    lab.connection.answer("my id is");
    lab.connection.close();
    EXPECT_EQ(lab.outcome(), Outcome::inconclusive) << lab.judge().message;
  }
}

}  // namespace
}  // namespace echolab::verify

#include "lab/capture/tcp_streams.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>

#include "tests/unit/capture/packets.h"

namespace echolab::capture::test {
namespace {

const Endpoint client{address("198.18.0.3"), Port{40123}}, server{address("198.18.0.2"), Port{5000}};

struct Told {
  Buffer bytes;  // gaps are filled with '?'
  std::vector<std::pair<std::uint64_t, std::uint64_t>> gaps;
};

class StreamRecording final : public StreamSink {
 public:
  void on_open(const TcpConversation& c) override { opened.push_back(c.id); }
  void on_data(const TcpConversation& c, Direction d, std::uint64_t offset, Bytes bytes, const Frame&) override {
    Told& stream = streams[{c.id, d}];
    EXPECT_EQ(offset, stream.bytes.size());
    put(stream.bytes, bytes);
  }
  void on_gap(const TcpConversation& c, Direction d, std::uint64_t offset, std::uint64_t length) override {
    Told& stream = streams[{c.id, d}];
    EXPECT_EQ(offset, stream.bytes.size());
    stream.gaps.emplace_back(offset, length);
    stream.bytes.resize(stream.bytes.size() + length, '?');
  }
  void on_close(const TcpConversation& c) override { closed.push_back(c); }

  const Told& to_server(std::uint32_t id = 0) { return streams[{id, Direction::to_server}]; }
  const Told& to_client(std::uint32_t id = 0) { return streams[{id, Direction::to_client}]; }

  std::vector<std::uint32_t> opened;
  std::vector<TcpConversation> closed;
  std::map<std::pair<std::uint32_t, Direction>, Told> streams;
};

// Feeds segments one per frame.
class Wire {
 public:
  explicit Wire(StreamSink& sink) : streams_(sink) {}
  TcpStreams& streams() { return streams_; }

  Wire& send(const Endpoint& from, const Endpoint& to, unsigned flags, std::uint32_t sequence,
             std::uint32_t acknowledgement, const Buffer& payload = {}, std::size_t captured = SIZE_MAX) {
    frame_.number += 1;
    const TcpFlags set{(flags & syn) != 0, (flags & ack) != 0, (flags & fin) != 0, (flags & rst) != 0, false};
    streams_.add({frame_, from, to, sequence, acknowledgement, window, set,
                  Bytes(payload).first(std::min(captured, payload.size())), static_cast<std::uint32_t>(payload.size()),
                  Checksum::good});
    return *this;
  }
  Wire& client_sends(unsigned flags, std::uint32_t sequence, std::uint32_t acknowledgement,
                     const Buffer& payload = {}) {
    return send(client, server, flags, sequence, acknowledgement, payload);
  }
  Wire& server_sends(unsigned flags, std::uint32_t sequence, std::uint32_t acknowledgement,
                     const Buffer& payload = {}) {
    return send(server, client, flags, sequence, acknowledgement, payload);
  }
  Wire& handshake(std::uint32_t client_isn, std::uint32_t server_isn) {
    client_sends(syn, client_isn, 0);
    server_sends(syn | ack, server_isn, client_isn + 1);
    return client_sends(ack, client_isn + 1, server_isn + 1);
  }
  std::uint16_t window = 1000;

 private:
  TcpStreams streams_;
  Frame frame_;
};

TEST(TcpStreams, FollowsAWholeConversation) {
  StreamRecording told;
  Wire wire(told);
  wire.handshake(100, 900);
  wire.client_sends(ack | psh, 101, 901, text("hello")).server_sends(ack, 901, 106);
  wire.server_sends(ack | psh, 901, 106, text("hello")).client_sends(ack | fin, 106, 906);
  wire.server_sends(ack | fin, 906, 107);
  ASSERT_EQ(told.closed.size(), 1u);
  wire.client_sends(ack, 107, 907);
  const TcpConversation& c = told.closed[0];
  EXPECT_EQ(c.client, client);
  EXPECT_EQ(c.server, server);
  EXPECT_TRUE(c.handshake);
  EXPECT_EQ(c.syn_packet, 1u);
  EXPECT_EQ(c.synack_packet, 2u);
  EXPECT_EQ(c.client_side.bytes, 5u);
  EXPECT_EQ(c.server_side.fin_packet, 8u);
  EXPECT_EQ(c.client_side.retransmitted_segments, 0u);
  EXPECT_EQ(told.to_server().bytes, text("hello"));
  EXPECT_EQ(told.to_client().bytes, text("hello"));
  wire.streams().finish();
  EXPECT_EQ(told.closed.size(), 1u);
  EXPECT_EQ(told.opened.size(), 1u);
}

TEST(TcpStreams, SortsReorderedSegmentsAndCountsThem) {
  StreamRecording told;
  Wire wire(told);
  wire.handshake(100, 900).client_sends(ack, 104, 901, text("def")).client_sends(ack, 101, 901, text("abc"));
  wire.client_sends(ack, 101, 901, text("abc"));
  wire.streams().finish();
  EXPECT_EQ(told.to_server().bytes, text("abcdef"));
  EXPECT_EQ(told.closed[0].client_side.out_of_order_segments, 1u);
  EXPECT_EQ(told.closed[0].client_side.retransmitted_segments, 1u);
}

TEST(TcpStreams, TheFirstBytesWinWhereSegmentsDisagree) {
  StreamRecording told;
  Wire wire(told);
  wire.handshake(100, 900).client_sends(ack, 103, 901, text("CD")).client_sends(ack, 101, 901, text("abxxef"));
  wire.client_sends(ack, 103, 901, text("yyyyg"));
  EXPECT_EQ(told.to_server().bytes, text("abCDefg"));
}

TEST(TcpStreams, CallsAcknowledgedBytesThatWereNeverCapturedAGap) {
  StreamRecording told;
  Wire wire(told);
  wire.handshake(100, 900).client_sends(ack, 101, 901, text("ab")).client_sends(ack, 106, 901, text("fg"));
  EXPECT_TRUE(told.to_server().gaps.empty());
  wire.server_sends(ack, 901, 108);
  EXPECT_EQ(told.to_server().bytes, text("ab???fg"));
  EXPECT_EQ(told.to_server().gaps, (std::vector<std::pair<std::uint64_t, std::uint64_t>>{{2, 3}}));
  wire.streams().finish();
  EXPECT_EQ(told.closed[0].client_side.missing, 3u);
  EXPECT_EQ(told.closed[0].client_side.bytes, 4u);
}

TEST(TcpStreams, DropsWhatWaitsBehindAHoleThatNobodyAcknowledged) {
  StreamRecording told;
  Wire wire(told);
  wire.handshake(100, 900).client_sends(ack, 101, 901, text("ab")).client_sends(ack, 106, 901, text("fg"));
  wire.streams().finish();
  EXPECT_EQ(told.to_server().bytes, text("ab"));
  EXPECT_TRUE(told.to_server().gaps.empty());
}

TEST(TcpStreams, CallsBytesCutOffBySnaplenAGap) {
  StreamRecording told;
  Wire wire(told);
  wire.handshake(100, 900).send(client, server, ack, 101, 901, text("abcdef"), 2);
  wire.client_sends(ack, 107, 901, text("g"));
  EXPECT_EQ(told.to_server().bytes, text("ab????g"));
}

TEST(TcpStreams, CountsOffsetsOnOverTheWrapOfSequenceNumbers) {
  StreamRecording told;
  Wire wire(told);
  wire.handshake(0xfffffffc, 900)
      .client_sends(ack, 0xfffffffd, 901, text("abc"))
      .client_sends(ack, 0, 901, text("def"));
  EXPECT_EQ(told.to_server().bytes, text("abcdef"));
}

TEST(TcpStreams, TakesDataOnASyn) {
  StreamRecording told;
  Wire wire(told);
  wire.client_sends(syn, 100, 0, text("early"))
      .server_sends(syn | ack, 900, 106)
      .client_sends(ack, 106, 901, text("!"));
  EXPECT_EQ(told.to_server().bytes, text("early!"));
}

TEST(TcpStreams, IgnoresKeepAlivesAndCountsZeroWindows) {
  StreamRecording told;
  Wire wire(told);
  wire.handshake(100, 900).client_sends(ack, 101, 901, text("abc"));
  wire.client_sends(ack, 103, 901, text("c")).client_sends(ack, 103, 901);
  wire.window = 0;
  wire.server_sends(ack, 901, 104);
  wire.streams().finish();
  EXPECT_EQ(told.closed[0].client_side.retransmitted_segments, 0u);
  EXPECT_EQ(told.closed[0].server_side.zero_windows, 1u);
  EXPECT_EQ(told.to_server().bytes, text("abc"));
}

TEST(TcpStreams, StartsANewConversationWhenPortsAreUsedAgain) {
  StreamRecording told;
  Wire wire(told);
  wire.handshake(100, 900).client_sends(ack, 101, 901, text("one")).server_sends(rst | ack, 901, 104);
  wire.handshake(5000, 7000).client_sends(ack, 5001, 7001, text("two"));
  wire.streams().finish();
  ASSERT_EQ(told.closed.size(), 2u);
  EXPECT_TRUE(told.closed[0].reset);
  EXPECT_FALSE(told.closed[0].reset_by_client);
  EXPECT_EQ(told.to_server(0).bytes, text("one"));
  EXPECT_EQ(told.to_server(1).bytes, text("two"));
}

TEST(TcpStreams, StillTellsWhatWasUnderWayWhenTheOtherSideReset) {
  StreamRecording told;
  Wire wire(told);
  wire.handshake(100, 900).server_sends(rst | ack, 901, 101).client_sends(ack, 101, 901, text("late"));
  wire.streams().finish();
  EXPECT_EQ(told.to_server().bytes, text("late"));
  EXPECT_EQ(told.closed[0].reset_packet, 4u);
}

TEST(TcpStreams, ARepeatedSynIsARetransmissionNotANewConversation) {
  StreamRecording told;
  Wire wire(told);
  wire.client_sends(syn, 100, 0).handshake(100, 900);
  wire.streams().finish();
  ASSERT_EQ(told.closed.size(), 1u);
  EXPECT_TRUE(told.closed[0].handshake);
  EXPECT_EQ(told.closed[0].client_side.retransmitted_segments, 1u);
}

TEST(TcpStreams, PicksUpAConversationInTheMiddle) {
  StreamRecording told;
  Wire wire(told);
  wire.server_sends(ack, 5000, 300, text("x")).client_sends(ack, 300, 5001, text("y"));
  wire.streams().finish();
  EXPECT_EQ(told.closed[0].client, client);  // the higher port
  EXPECT_FALSE(told.closed[0].handshake);
  EXPECT_EQ(told.to_client().bytes, text("x"));
  EXPECT_EQ(told.to_server().bytes, text("y"));
}

TEST(TcpStreams, BoundsWhatWaitsForEarlierBytes) {
  StreamRecording told;
  Wire wire(told);
  wire.handshake(100, 900);
  const Buffer piece(60000, 'w');
  std::uint32_t sequence = 102;  // byte 101 never comes
  for (int i = 0; i < 100; ++i, sequence += 60000) wire.client_sends(ack, sequence, 901, piece);
  ASSERT_EQ(told.to_server().gaps.size(), 1u);
  EXPECT_EQ(told.to_server().gaps[0], (std::pair<std::uint64_t, std::uint64_t>{0, 1}));
  EXPECT_EQ(told.to_server().bytes.size(), 6000001u);
}

TEST(TcpStreams, BoundsTheConversationsThatAreOpen) {
  StreamRecording told;
  Wire wire(told);
  for (std::uint32_t i = 0; i < 40000; ++i) {
    wire.send({IpAddress::v4(0xc6120000 + i), Port{1000}}, server, syn, 1, 0);
  }
  EXPECT_EQ(told.closed.size(), 40000u - 32768u);
  EXPECT_EQ(told.closed[0].id, 0u);
}

// The same rules, said slowly: one entry per byte of the stream.
struct Model {
  std::uint64_t base = 0;
  std::map<std::uint64_t, std::uint8_t> bytes;
  std::uint64_t next = 0;
  Buffer told;

  void deliver() {
    for (auto at = bytes.find(next); at != bytes.end() && at->first == next; ++at, ++next) told.push_back(at->second);
  }
  void data(std::uint64_t offset, const Buffer& payload) {
    for (std::size_t i = 0; i < payload.size(); ++i) {
      if (offset + i >= next) bytes.emplace(offset + i, payload[i]);
    }
    deliver();
  }
  void acknowledged(std::uint64_t offset) {
    while (next < offset) {
      if (bytes.count(next) == 0) {
        told.push_back('?');
        ++next;
      }
      deliver();
    }
  }
};

TEST(TcpStreams, AgreesWithASlowModelOnAnyCapture) {
  EXPECT_TRUE(rc::check(
      "random segmentation, loss, repeats, overlaps with other bytes, reordering, acknowledgements, wrap", [] {
        const auto isn = *rc::gen::element<std::uint32_t>(0, 1000, 0xffffff00, 0xfffffffe, 0x7fffff80);
        const auto steps = *rc::gen::inRange(1, 60);
        StreamRecording told;
        Wire wire(told);
        wire.handshake(isn, 900);
        Model model;
        std::uint64_t sent = 0;
        for (int i = 0; i < steps; ++i) {
          const auto kind = *rc::gen::inRange(0, 10);
          if (kind < 8) {
            const auto back = *rc::gen::inRange<std::uint64_t>(0, 60);
            const auto size = *rc::gen::inRange<std::size_t>(2, 40);
            const std::uint64_t jump = kind == 0 ? *rc::gen::inRange<std::uint64_t>(1, 30) : 0;
            const std::uint64_t offset = (kind < 5 ? sent : sent - std::min(sent, back)) + jump;
            const Buffer payload(size, static_cast<std::uint8_t>('a' + i % 26));
            sent = std::max(sent, offset + size);
            wire.client_sends(ack, isn + 1 + static_cast<std::uint32_t>(offset), 901, payload);
            model.data(offset, payload);
          } else {
            const std::uint64_t offset = *rc::gen::inRange<std::uint64_t>(0, sent + 1);
            wire.server_sends(ack, 901, isn + 1 + static_cast<std::uint32_t>(offset));
            model.acknowledged(offset);
          }
        }
        RC_ASSERT(told.to_server().bytes == model.told);
      }));
}

}  // namespace
}  // namespace echolab::capture::test

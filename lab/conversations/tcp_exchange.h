#pragma once
// Judges the connections of a capture: each server's stream must repeat its client's. docs/checks.md, "TCP".
//
// Time counts from the first packet that showed the last byte of a segment to the first that showed its echo, so that a
// network which loses packets makes echoes late. What the server had sent before it was asked is not timed, nor is what
// comes with or after the first difference. A byte is lost only when the capture shows the whole of what the server
// had sent: when its sequence numbers tell of more, or neither SYN was captured, nothing is held against it.

#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include "lab/conversations/fault_list.h"
#include "lab/conversations/server_side.h"
#include "lab/conversations/stream_comparison.h"
#include "lab/verify/round_trips.h"

namespace echolab::conversations {

class TcpExchanges final : public capture::StreamSink {
 public:
  static constexpr std::size_t most_conversations = 65'536;

  // Borrows all of them; appends to `conversations`.
  TcpExchanges(std::vector<Conversation>& conversations, ServerSide& sides, FaultList& faults,
               verify::RoundTrips::Budget& round_trip_budget, std::int64_t timeout_ns)
      : conversations_(conversations),
        sides_(sides),
        faults_(faults),
        round_trip_budget_(round_trip_budget),
        timeout_ns_(timeout_ns) {}

  void on_data(const capture::TcpConversation& tcp, capture::Direction direction, std::uint64_t offset,
               capture::Bytes bytes, const capture::Frame& packet) override;
  void on_gap(const capture::TcpConversation& tcp, capture::Direction direction, std::uint64_t offset,
              std::uint64_t length) override;
  void on_open(const capture::TcpConversation& tcp) override;
  void on_close(const capture::TcpConversation& tcp) override;

  std::uint64_t left_out() const { return left_out_; }  // connections of other services
  std::uint64_t too_many() const { return too_many_; }  // connections beyond the bound

 private:
  struct Segment {  // of the client, on its way back
    std::uint64_t end = 0;
    std::int64_t time_ns = 0;
    std::uint64_t packet = 0;
  };
  struct Open {
    std::uint32_t index = 0;
    bool flipped = false;  // client and server are the other way round than the segments said
    StreamComparison streams;
    std::deque<Segment> under_way;
    verify::RoundTrips round_trips;
  };
  static constexpr std::size_t exact_round_trips = 1000, most_under_way = 8192;

  Open* find(const capture::TcpConversation& tcp);
  void take_echo(Open& open, const capture::TcpConversation& tcp, const capture::Frame& packet);
  void judge(Open& open, const capture::TcpConversation& tcp);

  std::vector<Conversation>& conversations_;
  ServerSide& sides_;
  FaultList& faults_;
  verify::RoundTrips::Budget& round_trip_budget_;
  std::int64_t timeout_ns_;
  StreamComparison::Budget budget_;
  std::unordered_map<std::uint32_t, Open> open_;  // by the id of the connection
  std::uint64_t left_out_ = 0, too_many_ = 0;
};

}  // namespace echolab::conversations

#pragma once
// Compares the two streams of an echo connection as their bytes come by. Only what one side is ahead of the other is
// kept, up to a bound.

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "lab/capture/capture.h"
#include "lab/conversations/conversation.h"

namespace echolab::conversations {

class StreamComparison {
 public:
  // Shared by all connections of a capture: how many bytes may be kept.
  struct Budget {
    std::size_t bytes_left = std::size_t{24} << 20;
  };
  static constexpr std::size_t most_ahead = std::size_t{16} << 20;

  explicit StreamComparison(Budget& budget) : budget_(&budget) {}
  StreamComparison(StreamComparison&&) = default;
  StreamComparison& operator=(StreamComparison&&) = default;

  struct Difference {
    std::uint64_t offset = 0, packet = 0;
    std::uint8_t expected = 0, got = 0;
  };

  void add(capture::Direction direction, capture::Bytes bytes, std::uint64_t packet);
  // Bytes of one direction that the capture lost.
  void skip(capture::Direction direction, std::uint64_t length);
  void finish();  // gives its memory back

  std::uint64_t sent() const { return to_server_; }      // bytes from the client
  std::uint64_t returned() const { return to_client_; }  // bytes from the server
  const std::optional<Difference>& difference() const { return difference_; }
  // Everything that both sides sent could be compared.
  bool compared() const { return comparing_ && !skipped_; }
  // While the server is ahead: the packet with the first byte that the client did not send, or, once nothing is kept any
  // more, the one with which the server last overtook the client.
  std::uint64_t packet_beyond() const { return ahead_.empty() ? overtaking_packet_ : ahead_.front().packet; }

 private:
  struct Kept {
    std::vector<std::uint8_t> bytes;  // empty: a hole of that length
    std::uint64_t length = 0;
    std::uint64_t begin = 0;  // what of it is used up
    std::uint64_t packet = 0;
  };
  void advance(capture::Direction direction, capture::Bytes bytes, std::uint64_t length, std::uint64_t packet);
  void compare(Kept& kept, capture::Bytes bytes, std::uint64_t count, std::uint64_t offset, std::uint64_t packet,
               bool kept_is_client);
  void keep(capture::Bytes bytes, std::uint64_t length, std::uint64_t packet);
  void give_up();

  Budget* budget_;
  std::uint64_t to_server_ = 0, to_client_ = 0;
  std::deque<Kept> ahead_;  // of the side that is ahead
  std::size_t kept_bytes_ = 0;
  std::optional<Difference> difference_;
  std::uint64_t overtaking_packet_ = 0;
  bool comparing_ = true, skipped_ = false;
};

}  // namespace echolab::conversations

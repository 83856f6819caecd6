#pragma once
// Which request a received datagram answers, when echoes come late, doubled, out of order, altered, or never.

#include <cstdint>
#include <deque>
#include <optional>
#include <span>

#include "services/common/payload.h"
#include "services/echo_client/client_tally.h"

namespace echo {

struct DatagramMatch {
  EchoStatus status = EchoStatus::unsolicited;
  std::uint64_t message = 0;                      // 0: matches nothing
  std::int64_t rtt_ns = 0;                        // since the last attempt; only with a message
  bool was_repeated = false;                      // the round trip may belong to an earlier attempt (Karn)
  std::optional<std::uint64_t> first_difference;  // only when altered
};

// Time is passed in; no sockets, no clocks. Rules, in this order:
//  1. the oldest open request with the same bytes: echo;
//  2. the oldest expired request with the same bytes: late;
//  3. the latest answered request with the same bytes: duplicate;
//  4. the oldest open request that the datagram resembles (same length, or one is the beginning of the other, or they
//     share half of the longer one at the two ends): altered;
//  5. else unsolicited.
// Expired and answered requests are remembered up to max_history each.
class DatagramMatcher {
 public:
  static constexpr std::size_t max_history = 4096;

  DatagramMatcher(const Payload& payload, std::uint64_t client) : payload_(payload), client_(client) {}

  // Messages are sent in ascending order; a repeat has the number of a message that is open.
  void sent(std::uint64_t message, std::uint64_t length, std::uint64_t hash, std::int64_t now_ns);
  DatagramMatch match(std::span<const std::uint8_t> bytes, std::uint64_t hash, std::int64_t now_ns);
  // The attempts so far of an open request; 0 when it is not open.
  std::uint64_t attempts(std::uint64_t message) const;
  void expire(std::uint64_t message);  // gives up on an open request
  std::size_t open() const { return open_.size(); }

 private:
  struct Request {
    std::uint64_t message = 0, length = 0, hash = 0;
    std::int64_t sent_ns = 0;
    std::uint64_t attempts = 0;
  };
  using Requests = std::deque<Request>;

  Requests::const_iterator find_open(std::uint64_t message) const;
  bool same_bytes(const Request& request, std::span<const std::uint8_t> bytes, std::uint64_t hash) const;
  bool resembles(const Request& request, std::span<const std::uint8_t> bytes) const;
  DatagramMatch answer(Requests& from, Requests::const_iterator request, EchoStatus status, std::int64_t now_ns);
  static void remember(Requests& history, const Request& request);

  const Payload& payload_;
  std::uint64_t client_;
  Requests open_;  // by message number
  Requests expired_, answered_;
};

}  // namespace echo

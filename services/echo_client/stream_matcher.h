#pragma once
// Which messages the bytes of a TCP stream echo: by position alone, whatever the chunking.

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>

#include "services/common/event.h"
#include "services/common/hash.h"
#include "services/common/payload.h"
#include "services/echo_client/client_tally.h"

namespace echo {

// A message's echo, seen to its last byte.
struct StreamEcho {
  EchoStatus status = EchoStatus::echo;
  std::uint64_t message = 0;
  std::uint64_t offset = 0, length = 0, hash = 0;
  std::span<const std::uint8_t> beginning;        // valid only in the call
  std::int64_t rtt_ns = 0;                        // since the last byte was handed to the kernel
  std::optional<std::uint64_t> first_difference;  // within the message
};

class StreamMatcher {
 public:
  using OnEcho = std::function<void(const StreamEcho&)>;

  StreamMatcher(const Payload& payload, std::uint64_t client) : payload_(payload), client_(client) {}

  // So many bytes more were handed to the kernel.
  void sent_bytes(std::size_t count) { sent_bytes_ += count; }
  // The last byte of the next message was.
  void sent(std::uint64_t message, std::int64_t now_ns);
  // Tells each message that is complete with these bytes. Returns how many of the bytes echo nothing that was sent.
  std::size_t receive(std::span<const std::uint8_t> bytes, std::int64_t now_ns, const OnEcho& on_echo);
  // False when the message's echo is complete already.
  bool expire(std::uint64_t message);
  std::uint64_t received() const { return received_; }
  std::size_t open() const { return open_; }  // sent, not complete, not expired

 private:
  struct Sent {
    std::uint64_t message = 0;
    std::int64_t at_ns = 0;
    bool expired = false;
  };

  void begin_message();
  void complete(std::int64_t now_ns, const OnEcho& on_echo);

  const Payload& payload_;
  std::uint64_t client_;
  std::deque<Sent> sent_;  // oldest first; the front is the message being received, once it is sent
  std::size_t open_ = 0;
  std::uint64_t sent_bytes_ = 0, received_ = 0;
  std::uint64_t message_ = 1;  // being received
  std::uint64_t done_ = 0;     // bytes of it
  std::optional<std::uint64_t> difference_;
  StreamHash hash_;
  std::array<std::uint8_t, Event::max_excerpt> beginning_{};
};

}  // namespace echo

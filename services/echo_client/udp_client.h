#pragma once

#include <asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <deque>
#include <span>

#include "services/echo_client/client.h"
#include "services/echo_client/datagram_matcher.h"
#include "services/echo_client/message_deadlines.h"
#include "services/echo_client/pacing.h"
#include "services/echo_client/wake_timer.h"

namespace echo {

// The socket is not connected: an answer from another port or address must be seen, as unsolicited.
class UdpClient final : public Client {
 public:
  // Makes and binds the socket; throws std::system_error.
  UdpClient(ClientContext& context, std::uint64_t number, OnDone on_done);
  void start() override;
  void stop() override;

 private:
  void wait_readable();
  void wait_writable();
  void go_on();  // sends what may be sent, repeats what is overdue, ends when nothing is left
  void expire_overdue(std::int64_t now_ns);
  bool send_message(std::uint64_t message);  // false while the socket takes no more
  void receive_waiting();
  void receive(std::span<const std::uint8_t> bytes, const Endpoint& remote, Timestamp time);
  void finish(Word reason);

  asio::posix::stream_descriptor socket_;
  DatagramMatcher matcher_;
  Pacing pacing_;
  MessageDeadlines deadlines_;
  std::deque<std::uint64_t> repeats_;  // messages to send again
  WakeTimer timer_;
  std::uint64_t bytes_sent_ = 0, bytes_received_ = 0;
  bool waits_writable_ = false, done_ = false;
};

}  // namespace echo

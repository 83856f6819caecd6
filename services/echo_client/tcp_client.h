#pragma once

#include <asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <optional>

#include "services/common/hash.h"
#include "services/echo_client/client.h"
#include "services/echo_client/message_deadlines.h"
#include "services/echo_client/pacing.h"
#include "services/echo_client/stream_matcher.h"
#include "services/echo_client/wake_timer.h"

namespace echo {

// Writes and reads in turn, so that neither side waits for the other however long the messages are.
class TcpClient final : public Client {
 public:
  TcpClient(ClientContext& context, std::uint64_t number, OnDone on_done);
  void start() override;
  void stop() override;

 private:
  enum class Phase : std::uint8_t { connecting, open, half_closed, done };

  void try_to_connect();
  void on_connect_result(int error);
  void retry_later(int error);
  void wait_readable();
  void wait_writable();
  void go_on();
  void expire_overdue(std::int64_t now_ns);
  bool may_send(std::int64_t now_ns) const;
  bool send_piece();  // false while the socket takes no more, or the connection ended
  void begin_message();
  void end_message(Timestamp time);
  void receive_waiting();
  void log_echo(const StreamEcho& echo, Timestamp time);
  void receive_unsolicited(std::span<const std::uint8_t> bytes, Timestamp time);
  void on_end_of_stream();
  void set_wakes(std::int64_t now_ns);
  void finish(Word reason);
  void fail(Word operation, int error);

  std::optional<asio::posix::stream_descriptor> socket_;
  Phase phase_ = Phase::connecting;
  std::uint64_t attempts_ = 0;
  std::int64_t connect_until_ns_ = 0;
  StreamMatcher matcher_;
  Pacing pacing_;
  MessageDeadlines deadlines_;
  WakeTimer timer_;

  std::uint64_t message_ = 0;  // being sent; 0: none
  std::uint64_t message_size_ = 0, message_done_ = 0;
  StreamHash message_hash_;
  std::uint64_t bytes_sent_ = 0, bytes_received_ = 0;
  std::int64_t progress_ns_ = 0;  // when bytes last moved, either way
  bool waits_writable_ = false;
};

}  // namespace echo

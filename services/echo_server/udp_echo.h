#pragma once
// Echoes datagrams of one bound socket.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "services/common/bound_socket.h"
#include "services/echo_server/datagram_batch.h"
#include "services/echo_server/readiness.h"
#include "services/echo_server/server_totals.h"

namespace echo {

// Receives a batch, answers it in order, and only then receives the next: while the socket takes no more answers the
// pending batch is kept and nothing is read, so that memory is bounded and the kernel's buffer is the only queue.
class UdpEcho final : public Readiness::Watcher {
 public:
  UdpEcho(Readiness& readiness, BoundSocket socket, EventLog& log, ServerTotals& totals);

  std::uint16_t port() const { return local_.port; }
  // Datagrams from these source ports are not echoed: two echo servers would answer each other for ever (CVE-2024-2169).
  // Throws std::system_error.
  void start(std::vector<std::uint16_t> own_ports);
  // Answers what has already arrived, then closes.
  void stop();
  void on_ready(std::uint32_t events) override;

 private:
  // Of one datagram of the batch.
  struct Outcome {
    std::int64_t sent_ns = 0;  // 0: not answered, or not yet
    std::uint64_t hash = 0;
    int error = 0;
    bool is_ignored = false;
  };

  void on_readable();
  void on_writable();
  void wait_for(std::uint32_t events);
  // Number of datagrams received and, as far as the socket took them, answered.
  int echo_batch();
  bool send_answers();  // false while the socket takes no more
  // What became of datagram i; `received_ns` is 0 when that it came was told before.
  void log(std::size_t i, std::int64_t received_ns);
  void log_error(Word operation, const Endpoint& remote, int error);
  void ignore(std::size_t i);

  Readiness& readiness_;
  UniqueFd socket_;
  Endpoint local_;
  EventLog& log_;
  ServerTotals& totals_;
  std::vector<std::uint16_t> own_ports_;
  DatagramBatch batch_;
  std::int64_t received_ns_ = 0;
  std::array<Outcome, DatagramBatch::capacity> outcomes_{};
  std::size_t next_answer_ = 0;
  bool is_told_ = false;  // that the batch came
  std::int64_t warned_at_ns_ = 0;
  std::uint64_t ignored_since_warning_ = 0;
};

}  // namespace echo

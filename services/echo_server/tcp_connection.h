#pragma once
// Echoes the byte stream of one accepted connection.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "services/common/event_log.h"
#include "services/common/unique_fd.h"
#include "services/echo_server/readiness.h"
#include "services/echo_server/server_totals.h"

namespace echo {

// What all connections of a loop share. One read buffer serves them all: a connection keeps bytes of its own only while
// its peer does not take them, at most one buffer of them, and reads nothing meanwhile (back-pressure).
struct ConnectionContext {
  static constexpr std::size_t buffer_size = std::size_t{64} * 1024;

  Readiness& readiness;
  EventLog& log;
  ServerTotals& totals;
  std::vector<std::uint8_t> buffer = std::vector<std::uint8_t>(buffer_size);
};

class TcpConnection final : public Readiness::Watcher {
 public:
  using OnClose = std::function<void(std::uint64_t number)>;

  TcpConnection(ConnectionContext& context, UniqueFd socket, std::uint64_t number, const Endpoint& remote,
                OnClose on_close);

  void start();
  // Echoes what has arrived, ends the stream, closes when the peer has taken everything.
  void stop();
  void close(Word reason);
  void on_ready(std::uint32_t events) override;

 private:
  // Bytes the peer has not taken yet, and what will tell that they are gone.
  struct Tail {
    std::vector<std::uint8_t> bytes;
    std::size_t done = 0;
    Transfer sent;
    std::vector<std::uint8_t> beginning;  // of the chunk they are the end of
  };

  // With `to_the_end` until nothing is left; a short read says else that nothing waits.
  void on_readable(bool to_the_end);
  bool wait_for(std::uint32_t events);
  void on_writable();
  bool echo_chunk(std::span<const std::uint8_t> chunk);  // false when there is a tail, or the connection closed
  void end_stream();
  void fail(int error);
  Event event(Word name) const;

  ConnectionContext& context_;
  UniqueFd socket_;
  std::uint64_t number_;
  Endpoint local_, remote_;
  OnClose on_close_;
  std::unique_ptr<Tail> tail_;
  std::uint64_t received_ = 0, sent_ = 0;
  bool stopping_ = false, closed_ = false;
};

}  // namespace echo

#pragma once
// One client: a socket of its own, its messages, and what came of them.

#include <asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <vector>

#include "services/common/event_log.h"
#include "services/echo_client/client_options.h"
#include "services/echo_client/client_tally.h"

namespace echo {

// What all clients of the process share.
struct ClientContext {
  asio::io_context& loop;
  const ClientOptions& options;
  Endpoint server;
  EventLog& log;
  std::vector<std::uint8_t> buffer = std::vector<std::uint8_t>(65'536);  // one piece, between two calls of the loop
};

class Client {
 public:
  using OnDone = std::function<void(Client&)>;

  virtual ~Client() = default;
  virtual void start() = 0;
  virtual void stop() = 0;  // ends at once; on_done is called

  const ClientTally& tally() const { return tally_; }
  bool could_connect() const { return could_connect_; }

 protected:
  Client(ClientContext& context, std::uint64_t number, OnDone on_done)
      : context_(context), number_(number), on_done_(std::move(on_done)) {}

  const ClientOptions& options() const { return context_.options; }
  // Where to bind: the chosen address or the wildcard, the chosen port or 0.
  Endpoint wanted_local() const;
  Event event(Word name) const { return event(name, Timestamp::now()); }
  Event event(Word name, Timestamp time) const;
  void log_error(Word operation, int error);
  void log_timeout(std::uint64_t message, std::uint64_t attempt);
  void log_close(Word reason, std::uint64_t received, std::uint64_t sent);
  void log_summary();

  ClientContext& context_;
  std::uint64_t number_;
  OnDone on_done_;
  Endpoint local_;  // as peers see it
  ClientTally tally_;
  bool could_connect_ = true;
};

}  // namespace echo

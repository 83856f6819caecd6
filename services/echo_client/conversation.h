#pragma once
// The course's client: a prompt, a line, its echo.

#include <asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "services/common/endpoint.h"
#include "services/common/event_log.h"
#include "services/common/unique_fd.h"
#include "services/echo_client/client_options.h"
#include "services/echo_client/client_tally.h"

namespace echo {

// Blocks between two events as a person at a terminal expects; waits with ppoll(2) for whichever comes first of input,
// echo, timeout and Ctrl-C.
class Conversation {
 public:
  Conversation(const ClientOptions& options, EventLog& log);
  int run();  // exit status
  const ClientTally& totals() const { return totals_; }

 private:
  bool connect();
  // The next line without its end; nullopt at the end of input or on Ctrl-C. An empty line ends, too.
  std::optional<std::string> read_line();
  bool send_line(const std::string& line);
  void wait_for_echo(const std::string& line);
  bool wait_readable(int fd, std::int64_t until_ns);  // false: time is over, or Ctrl-C (then interrupted_)
  void tell(const std::string& text);
  Event event(Word name) const;

  const ClientOptions& options_;
  EventLog& log_;
  UniqueFd signals_, socket_;
  Endpoint server_, local_;
  std::string input_;  // read, not yet used
  std::uint64_t message_ = 0;
  bool input_ended_ = false, interrupted_ = false;
  ClientTally totals_;
};

}  // namespace echo

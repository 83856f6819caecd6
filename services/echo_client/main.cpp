#include <sys/resource.h>
#include <unistd.h>

#include <exception>
#include <variant>

#include "services/common/diagnostics.h"
#include "services/common/event_log.h"
#include "services/echo_client/client_lines.h"
#include "services/echo_client/client_options.h"
#include "services/echo_client/client_run.h"
#include "services/echo_client/conversation.h"

namespace {

// Thousands of clients in one process need as many descriptors.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

echo::EventLog::HumanFormat lines_for(const echo::ClientOptions& options) {
  if (options.interactive) return nullptr;  // the conversation talks itself
  if (options.quiet) return echo::append_quiet_client_line;
  return options.clients > 1 ? echo::append_numbered_client_line : echo::append_client_line;
}

template <typename Session>
int run(const echo::ClientOptions& options, echo::EventLog& log) {
  echo::Event totals("totals");
  int status = 3;
  try {
    Session session(options, log);
    status = session.run();
    totals = echo::Event("totals");
    session.totals().add_to(totals);
  } catch (const std::exception& error) {
    echo::complain(error.what());
  }
  log.finish(totals);
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  const auto command_line = echo::read_client_options(argc, argv);
  if (const int* status = std::get_if<int>(&command_line)) return *status;
  const auto& options = std::get<echo::ClientOptions>(command_line);
  raise_descriptor_limit();
  try {
    echo::EventLog log({.events = options.events, .human = lines_for(options)});
    echo::start_diagnostics("echo-client", log);
    log.push(echo::Event("process")
                 .word(echo::Key::program, "echo-client")
                 .word(echo::Key::version, ECHOLAB_VERSION)
                 .number(echo::Key::pid, static_cast<std::uint64_t>(::getpid()))
                 .number(echo::Key::clients, options.clients));
    const int status = options.interactive ? run<echo::Conversation>(options, log) : run<echo::ClientRun>(options, log);
    echo::end_diagnostics();
    return status;
  } catch (const std::exception& error) {
    echo::complain(error.what());
    return 3;
  }
}

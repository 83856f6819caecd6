#include <sys/resource.h>
#include <unistd.h>

#include <exception>
#include <variant>

#include "services/common/diagnostics.h"
#include "services/common/event_log.h"
#include "services/echo_server/echo_server.h"
#include "services/echo_server/server_lines.h"
#include "services/echo_server/server_options.h"

namespace {

// Ten thousand idle connections need as many descriptors.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  const auto command_line = echo::read_server_options(argc, argv);
  if (const int* status = std::get_if<int>(&command_line)) return *status;
  const auto& options = std::get<echo::ServerOptions>(command_line);
  raise_descriptor_limit();
  try {
    echo::EventLog log({.events = options.events,
                        .human = options.quiet ? echo::append_quiet_server_line : echo::append_server_line,
                        .human_transfer = options.quiet ? nullptr : echo::append_server_transfer});
    echo::start_diagnostics("echo-server", log);
    log.push(echo::Event("process")
                 .word(echo::Key::program, "echo-server")
                 .word(echo::Key::version, ECHOLAB_VERSION)
                 .number(echo::Key::pid, static_cast<std::uint64_t>(::getpid())));
    int status = 0;
    echo::ServerTotals totals;
    try {
      echo::EchoServer server(options, log);
      server.run();
      totals = server.totals();
    } catch (const std::exception& error) {
      echo::complain(error.what());
      status = 1;
    }
    log.finish(totals.event());
    echo::end_diagnostics();
    return status;
  } catch (const std::exception& error) {
    echo::complain(error.what());
    return 1;
  }
}

#include <unistd.h>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/signal_set.hpp>
#include <asio/use_awaitable.hpp>
#include <cerrno>
#include <exception>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "services/common/diagnostics.h"
#include "services/common/event_log.h"
#include "services/common/file_appearance.h"
#include "services/common/resolve.h"
#include "services/faulty_server/faulty_options.h"
#include "services/faulty_server/faulty_tcp.h"
#include "services/faulty_server/faulty_udp.h"

namespace {

// Where no signal can be sent: docker compose without a socket.
asio::awaitable<void> stop_at_file(asio::io_context& loop, std::string path, echo::EventLog& log) {
  echo::FileAppearance file(std::move(path));
  asio::posix::stream_descriptor changes(loop, ::dup(file.fd()));
  while (!file.appeared()) co_await changes.async_wait(asio::posix::descriptor_base::wait_read, asio::use_awaitable);
  log.push(echo::Event("stopping").word(echo::Key::reason, "stop_file"));
  loop.stop();
}

void serve(const echo::FaultyOptions& options, echo::EventLog& log) {
  asio::io_context loop(1);
  std::vector<std::unique_ptr<echo::FaultyUdp>> udp;
  std::vector<std::unique_ptr<echo::FaultyTcp>> tcp;
  asio::signal_set signals(loop, SIGINT, SIGTERM);
  signals.async_wait([&](const asio::error_code& error, int signal) {
    if (error) return;
    log.push(echo::Event("stopping")
                 .word(echo::Key::signal, signal == SIGINT ? echo::Word("SIGINT") : echo::Word("SIGTERM")));
    loop.stop();
  });
  for (const char* const address : {"0.0.0.0", "::"}) {
    const echo::Endpoint local = echo::parse_address(address, options.port).value_or(echo::Endpoint{});
    try {
      if (options.udp) {
        udp.push_back(std::make_unique<echo::FaultyUdp>(loop, echo::bind_udp(local, log), options, log));
        asio::co_spawn(loop, udp.back()->serve(), asio::detached);
      }
      if (options.tcp) {
        tcp.push_back(std::make_unique<echo::FaultyTcp>(loop, echo::listen_tcp(local, log), options, log));
        asio::co_spawn(loop, tcp.back()->serve(), asio::detached);
      }
    } catch (const std::system_error& error) {
      const int code = error.code().value();
      if (local.family != echo::Endpoint::Family::ipv6 || (code != EAFNOSUPPORT && code != EADDRNOTAVAIL)) throw;
    }
  }
  if (!options.stop_file.empty()) asio::co_spawn(loop, stop_at_file(loop, options.stop_file, log), asio::detached);
  log.push(echo::Event("ready"));
  log.hurry();
  loop.run();
}

}  // namespace

int main(int argc, char** argv) {
  const auto command_line = echo::read_faulty_options(argc, argv);
  if (const int* status = std::get_if<int>(&command_line)) return *status;
  const auto& options = std::get<echo::FaultyOptions>(command_line);
  try {
    echo::EventLog log({.events = options.events});
    echo::start_diagnostics("faulty-server", log);
    log.push(echo::Event("process")
                 .word(echo::Key::program, "faulty-server")
                 .word(echo::Key::version, ECHOLAB_VERSION)
                 .word(echo::Key::fault, echo::Word::from_static(options.fault_name.c_str()))
                 .number(echo::Key::pid, static_cast<std::uint64_t>(::getpid())));
    int status = 0;
    try {
      serve(options, log);
    } catch (const std::exception& error) {
      echo::complain(error.what());
      status = 1;
    }
    log.finish(echo::Event("totals"));
    echo::end_diagnostics();
    return status;
  } catch (const std::exception& error) {
    echo::complain(error.what());
    return 1;
  }
}

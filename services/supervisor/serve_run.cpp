#include "services/supervisor/serve_run.h"

#include "services/supervisor/bound_ports.h"

namespace echo {

namespace {

using namespace std::chrono_literals;

// A look costs some 50 microseconds. Who has not bound its port after a second may wait a little longer.
constexpr std::chrono::milliseconds look_every = 5ms, later_look_every = 25ms, hurry = 1s;

}  // namespace

ServeRun::ServeRun(const ServeOptions& options, Signals& signals, EventWriter& events)
    : TerminalRun({options.program, options.place.work, options.grace, false, options.stay}, signals, events),
      port_(options.port),
      protocols_(options.protocols) {}

void ServeRun::begin(Clock::time_point now) {
  start_program();
  started_ = look_at_ = now;
}

std::optional<TerminalRun::Clock::time_point> ServeRun::act(Clock::time_point now) {
  if (ready_) return std::nullopt;
  if (now < look_at_) return look_at_;
  look_at_ = now + (now - started_ < hurry ? look_every : later_look_every);
  std::string list;
  for (const std::string& socket : sockets_on(port_, protocols_))
    list += (list.empty() ? "" : ",") + json_string(socket);
  if (list.empty()) return look_at_;
  ready_ = true;
  events().write("ready", "\"sockets\":[" + list + ']');
  return std::nullopt;
}

}  // namespace echo

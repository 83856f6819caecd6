#include "lab/cli/progress.h"

#include <fmt/format.h>

#include "lab/base/text.h"

namespace echolab::cli {

Progress::Progress(Terminal& terminal) : terminal_(terminal) {}

Progress::~Progress() {
  clear();
}

void Progress::step(std::string_view what) {
  step_ = escape_for_terminal(what);
  if (terminal_.live()) return redraw();
  terminal_.say(fmt::format("[{:6.2f} s] {}\n", seconds_since(begin_), step_));
}

void Progress::nodes_ready(std::size_t ready, std::size_t all) {
  ready_ = ready;
  nodes_ = all;
  tick();
}

void Progress::nodes_finished(std::size_t finished, std::size_t clients) {
  finished_ = finished;
  clients_ = clients;
  tick();
}

void Progress::echoed(std::uint64_t messages, std::uint64_t expected) {
  echoed_ = messages;
  expected_ = expected;
  tick();
}

void Progress::tick() {
  if (terminal_.live() && std::chrono::steady_clock::now() - drawn_ >= redraw_every) redraw();
}

void Progress::clear() {
  if (shown_) terminal_.say("\r\x1b[K");
  shown_ = false;
}

void Progress::redraw() {
  drawn_ = std::chrono::steady_clock::now();
  std::string line = fmt::format("{:.1f} s  {}", seconds_since(begin_), step_);
  if (nodes_ > 0) line += fmt::format(" · {}/{} nodes ready", ready_, nodes_);
  if (expected_ > 0) line += fmt::format(" · {}/{} echoed", with_thousands(echoed_), with_thousands(expected_));
  if (clients_ > 0) line += fmt::format(" · {}/{} clients done", finished_, clients_);
  terminal_.say("\r\x1b[K" + cut_to_width(line, terminal_columns() - 1));
  shown_ = true;
}

}  // namespace echolab::cli

#include "lab/engine/node_run.h"

#include <fmt/format.h>
#include <signal.h>

#include "lab/base/error.h"

namespace echolab::engine {

namespace {

// A class's folders stay on the disk, and what a program that was handed in floods is nobody's evidence.
constexpr artifacts::StreamCaps supervised_caps{
    .stdout_bytes = 1u << 20, .stderr_bytes = 1u << 20, .events_bytes = 1u << 20};

// The value of a member of an event line, without quotes; empty when it has none.
std::string_view member(std::string_view line, std::string_view name) {
  const std::string key = fmt::format("\"{}\":", name);
  const std::size_t at = line.find(key);
  if (at == std::string_view::npos) return {};
  line.remove_prefix(at + key.size());
  if (line.starts_with('"')) return line.substr(1, line.find('"', 1) - 1);
  return line.substr(0, line.find_first_of(",}"));
}

// Of a supervisor's event "ended" (docs/events.md).
std::string ending_of(std::string_view line) {
  if (const auto status = member(line, "exit"); !status.empty()) return fmt::format("exit status {}", status);
  if (const auto signal = member(line, "signal"); !signal.empty()) return fmt::format("signal {}", signal);
  if (const auto error = member(line, "error"); !error.empty()) return fmt::format("error '{}'", error);
  return "status unknown";
}

}  // namespace

NodeRun::NodeRun(const plan::Node& node, artifacts::RunFolderWriter& folder)
    : node_(node),
      writer_(folder.node(
          node.name, node.writes_events || node.supervised, [this](std::string_view line) { take_event(line); },
          node.supervised ? std::optional(supervised_caps) : std::nullopt)) {}

void NodeRun::kill() {
  if (!started_ || ended_) return;
  exit_.killed_by_us = true;
  signal(SIGKILL);
}

void NodeRun::mark_started() {
  started_ = true;
  if (node_.readiness == plan::Readiness::started) ready_ = true;
}

template <class Write>
void NodeRun::guarded(Write write) {
  if (!write_trouble_.empty()) return;
  try {
    write();
  } catch (const EnvironmentError& error) {
    write_trouble_ = error.what();
  }
}

void NodeRun::take_output(std::string_view bytes) {
  guarded([&] { writer_.write_stdout(bytes); });
}

void NodeRun::take_errors(std::string_view bytes) {
  guarded([&] { writer_.write_stderr(bytes); });
}

// Lines come whole. A string inside one has its quotes escaped, so that nothing a peer sent looks like these.
void NodeRun::take_event(std::string_view line) {
  if (line.find(R"("event":"ready")") != std::string_view::npos) ready_ = true;
  if (node_.supervised && line.find(R"("event":"ended")") != std::string_view::npos) program_ended_ = ending_of(line);
  if (line.find(R"("event":"recv")") != std::string_view::npos &&
      line.find(R"("status":"echo")") != std::string_view::npos) {
    ++echoes_;
  }
}

void NodeRun::mark_ended(std::optional<int> exit_code, bool out_of_memory, const std::string& error) {
  exit_.exit_code = exit_code;
  exit_.out_of_memory = out_of_memory;
  if (exit_.error.empty()) exit_.error = error;
  ended_ = true;
  write_exit();
}

void NodeRun::write_exit() {
  if (exit_written_) return;
  exit_written_ = true;
  if (failed_ && exit_.error.empty()) exit_.error = failed_->cause;
  if (!write_trouble_.empty()) exit_.error += (exit_.error.empty() ? "" : "; ") + write_trouble_;
  // Whoever ends before the exit is known does so because the run is torn down.
  if (started_ && !ended_) exit_.killed_by_us = true;
  writer_.write_exit(exit_);
}

}  // namespace echolab::engine

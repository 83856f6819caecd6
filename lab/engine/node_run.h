#pragma once
// One node while the lab runs: what is known of it, whatever engine it runs on.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lab/artifacts/run_folder.h"
#include "lab/plan/plan.h"

namespace echolab::engine {

// Why a node could not be started, and what mends it.
struct StartFailure {
  std::string cause, mend;
};

class NodeRun {
 public:
  // `node` and `folder` outlive this object.
  NodeRun(const plan::Node& node, artifacts::RunFolderWriter& folder);
  NodeRun(const NodeRun&) = delete;
  NodeRun& operator=(const NodeRun&) = delete;
  virtual ~NodeRun() = default;

  // SIGUSR1 and the like; ignored when it does not run (any more).
  virtual void signal(int number) = 0;
  void kill();  // SIGKILL, noted as ours
  // A signal is on its way to it.
  virtual bool is_signalled() const { return false; }

  const plan::Node& node() const { return node_; }
  const std::optional<StartFailure>& failed() const { return failed_; }
  bool started() const { return started_; }
  bool ready() const { return ready_; }
  bool ended() const { return ended_; }  // its exit is known
  // The program under a supervisor that stays; how, as in "exit status 1". Empty: it has not, as far as we know.
  const std::string& program_ended() const { return program_ended_; }
  bool released = false;  // it got its start signal, or needs none
  std::uint64_t echoes() const { return echoes_; }
  const artifacts::NodeExit& exit() const { return exit_; }
  std::string last_lines(std::size_t lines) const { return writer_.last_lines(lines); }
  // exit.json, with what is known by now.
  void write_exit();

 protected:
  void fail(StartFailure failure) { failed_ = std::move(failure); }
  void mark_started();
  void take_output(std::string_view bytes);
  void take_errors(std::string_view bytes);
  void output_lost(const std::string& trouble) { exit_.error = "its output was lost: " + trouble; }
  // With what is known of its end.
  void mark_ended(std::optional<int> exit_code, bool out_of_memory, const std::string& error);

 private:
  void take_event(std::string_view line);
  template <class Write>
  void guarded(Write write);

  const plan::Node& node_;
  artifacts::NodeWriter& writer_;
  std::optional<StartFailure> failed_;
  std::string write_trouble_;  // our disk, not the node
  std::string program_ended_;
  bool started_ = false, ready_ = false, ended_ = false, exit_written_ = false;
  std::uint64_t echoes_ = 0;
  artifacts::NodeExit exit_;
};

}  // namespace echolab::engine

#pragma once
// One node while the lab runs: its container from creation to exit.

#include <functional>
#include <optional>
#include <string>

#include "lab/artifacts/run_folder.h"
#include "lab/docker_api/containers.h"
#include "lab/plan/plan.h"

namespace echolab::engine::docker {

class NodeRun {
 public:
  // `writer` is made lazily by the owner; both outlive this object.
  NodeRun(docker_api::Client& client, const plan::Node& node, artifacts::RunFolderWriter& folder);
  NodeRun(const NodeRun&) = delete;
  NodeRun& operator=(const NodeRun&) = delete;

  // Asynchronous; `done` comes when the engine answered, and failed() then says whether it went well.
  void create(const docker_api::ContainerSpec& spec, std::function<void()> done);
  void start(std::function<void()> done);  // attaches first, so that no byte is missed
  void signal(const std::string& name);    // errors are ignored: it may just have ended
  void kill();                             // SIGKILL, noted as ours

  const plan::Node& node() const { return node_; }
  const std::optional<docker_api::ApiError>& failed() const { return failed_; }
  bool started() const { return started_; }
  bool ready() const { return ready_; }
  bool ended() const { return ended_; }  // its exit is known
  int pid() const { return pid_; }       // on the engine's host; 0 before it runs
  bool released = false, offloads_off = false;
  std::uint64_t echoes() const { return echoes_; }
  const artifacts::NodeExit& exit() const { return exit_; }
  std::string last_lines(std::size_t lines) const { return writer_.last_lines(lines); }
  // exit.json, with what is known by now.
  void write_exit();

 private:
  void take_event(std::string_view line);
  void take_output(docker_api::Stream stream, std::string_view bytes);
  void streams_ended(const std::string& trouble);
  void learn_exit();

  docker_api::Client& client_;
  const plan::Node& node_;
  artifacts::NodeWriter& writer_;
  std::string id_;
  std::optional<docker_api::ApiError> failed_;
  std::string write_trouble_;  // our disk, not the node
  bool streams_over_ = false;  // before the engine said that it started
  bool started_ = false, ready_ = false, ended_ = false, exit_written_ = false;
  int pid_ = 0;
  std::uint64_t echoes_ = 0;
  artifacts::NodeExit exit_;
};

}  // namespace echolab::engine::docker

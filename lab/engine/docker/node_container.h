#pragma once
// One node's container, from creation to exit.

#include <functional>
#include <string>

#include "lab/docker_api/containers.h"
#include "lab/engine/node_run.h"

namespace echolab::engine::docker {

class NodeContainer final : public NodeRun {
 public:
  NodeContainer(docker_api::Client& client, const plan::Node& node, artifacts::RunFolderWriter& folder)
      : NodeRun(node, folder), client_(client) {}

  // Asynchronous; `done` comes when the engine answered, and failed() then says whether it went well.
  void create(const docker_api::ContainerSpec& spec, std::function<void()> done);
  void start(std::function<void()> done);  // attaches first, so that no byte is missed
  void signal(int number) override;

  int pid() const { return pid_; }  // on the engine's host; 0 before it runs
  bool offloads_off = false;

 private:
  void streams_ended(const std::string& trouble);
  void learn_exit();

  docker_api::Client& client_;
  std::string id_;
  bool streams_over_ = false;  // before the engine said that it started
  int pid_ = 0;
};

}  // namespace echolab::engine::docker

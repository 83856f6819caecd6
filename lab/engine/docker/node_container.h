#pragma once
// One node's container.

#include <functional>

#include "lab/engine/docker/attached_container.h"
#include "lab/engine/node_run.h"

namespace echolab::engine::docker {

class NodeContainer final : public NodeRun {
 public:
  NodeContainer(docker_api::Client& client, const plan::Node& node, artifacts::RunFolderWriter& folder);

  // Asynchronous; `done` comes when the engine answered, and failed() then says whether it went well.
  void create(const docker_api::ContainerSpec& spec, std::function<void()> done) {
    container_.create(spec, std::move(done));
  }
  void start(std::function<void()> done) { container_.start(std::move(done)); }
  void signal(int number) override { container_.signal(number); }
  bool is_signalled() const override { return container_.is_signalled(); }
  void abandon() { container_.abandon(); }

  int pid() const { return container_.pid(); }  // on the engine's host; 0 before it runs
  bool offloads_off = false;

 private:
  AttachedContainer container_;
};

}  // namespace echolab::engine::docker

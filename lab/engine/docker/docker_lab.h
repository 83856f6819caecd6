#pragma once
// One run of a plan on a Docker engine, from the first create to the last remove.

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "lab/docker_api/client.h"
#include "lab/engine/docker/capture_agent.h"
#include "lab/engine/docker/docker_engine.h"
#include "lab/engine/docker/images.h"
#include "lab/engine/docker/node_container.h"
#include "lab/engine/docker/owner.h"
#include "lab/engine/docker/window.h"
#include "lab/engine/lab_run.h"

namespace echolab::engine::docker {

// The destructor removes everything that was created and never throws.
class DockerLab final : public LabRun {
 public:
  // `client` has negotiated; `record` holds the engine's name, version and host.
  DockerLab(docker_api::Client& client, const DockerOptions& options, const RunContext& context,
            artifacts::EngineRecord record, std::size_t start_window);
  ~DockerLab() override;

 private:
  void bring_up() override;
  bool bringing_up() const override { return !starting_->finished(); }
  void stop_bringing_up() override { starting_->stop(); }
  bool drive(const std::function<bool()>& satisfied, const Deadline& deadline) override;
  bool prepares_release() const override { return true; }
  // Switches offloads off in running nodes that still have them on.
  void prepare_release(const std::vector<NodeRun*>& nodes, std::function<void()> done) override;
  bool reachable(const NodeRun& node) const override { return static_cast<const NodeContainer&>(node).pid() != 0; }
  void tear_down() override;

  void create_networks();
  void create_containers(const std::vector<NodeImage>& images);
  void start_captures();
  void start_nodes();

  docker_api::Client& client_;
  const DockerOptions& options_;
  const std::size_t start_window_;
  const Owner owner_ = Owner::self();
  std::deque<NodeContainer> nodes_;
  std::deque<CaptureAgent> captures_;
  std::unique_ptr<Window> creating_, starting_;
  std::size_t calls_under_way_ = 0;  // offload calls whose end we must see
};

}  // namespace echolab::engine::docker

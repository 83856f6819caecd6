#pragma once
// One run of a plan on a Docker engine, from the first create to the last remove.

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/docker_api/client.h"
#include "lab/engine/docker/capture_agent.h"
#include "lab/engine/docker/docker_engine.h"
#include "lab/engine/docker/node_run.h"
#include "lab/engine/docker/owner.h"
#include "lab/engine/docker/window.h"
#include "lab/engine/engine.h"

namespace echolab::engine::docker {

// The destructor removes everything that was created and never throws.
class LabRun {
 public:
  // `client` has negotiated; `record` holds the engine's name, version and host.
  LabRun(docker_api::Client& client, const DockerOptions& options, const RunContext& context,
         artifacts::EngineRecord record);
  LabRun(const LabRun&) = delete;
  LabRun& operator=(const LabRun&) = delete;
  ~LabRun();

  artifacts::EngineRecord run(std::size_t start_window);

 private:
  void create_networks();
  void create_containers(const std::vector<std::string>& images);
  void start_captures();
  void start_nodes(std::size_t width);
  bool wait_until_ready();
  void release();
  void wait_for_clients();
  void finish_captures();
  void stop_servers();
  void gather();
  void remove_everything();

  // Runs the loop; false when the deadline passed first. Throws Interrupted.
  bool drive(const std::function<bool()>& satisfied, const Deadline& deadline);
  void step(std::string_view what);
  void problem(std::string text);
  // A node that ended or could not be started before it was ready.
  const NodeRun* first_early_death() const;
  std::string describe_death(const NodeRun& node) const;
  void throw_if_not_startable() const;
  // Switches offloads off in running nodes that still have them on, then calls `done`.
  void switch_offloads_off(const std::vector<NodeRun*>& nodes, std::function<void()> done);
  void release_early();
  bool captures_ready() const;
  std::size_t count_ready() const;
  void tell_progress();

  docker_api::Client& client_;
  const DockerOptions& options_;
  const RunContext& context_;
  const plan::Plan& plan_;
  const Owner owner_ = Owner::self();
  artifacts::EngineRecord record_;
  std::optional<Deadline> ready_deadline_;
  std::deque<NodeRun> nodes_;
  std::deque<CaptureAgent> captures_;
  std::unique_ptr<Window> creating_, starting_;
  std::size_t clients_ = 0;
  std::uint64_t expected_echoes_ = 0;
  std::size_t calls_under_way_ = 0;  // offload calls whose end we must see
  bool gathered_ = false, removed_ = false;
};

}  // namespace echolab::engine::docker

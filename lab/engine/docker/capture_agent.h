#pragma once
// The capture agent's container for one network.

#include <string>

#include "lab/docker_api/containers.h"
#include "lab/engine/capture_run.h"

namespace echolab::engine::docker {

class CaptureAgent final : public CaptureRun {
 public:
  CaptureAgent(docker_api::Client& client, const plan::Plan& plan, const plan::Capture& capture,
               artifacts::RunFolderWriter& folder)
      : CaptureRun(plan, capture, folder), client_(client) {}

  // Creates, attaches and starts; then listening() or ended() will become true.
  void start(const docker_api::ContainerSpec& spec);
  void stop() override;

  const std::string& container() const { return id_; }

 private:
  docker_api::Client& client_;
  std::string id_;
};

}  // namespace echolab::engine::docker

#pragma once

#include <memory>
#include <string>

#include "lab/docker_api/endpoint.h"
#include "lab/engine/engine.h"

namespace echolab::engine::docker {

struct DockerOptions {
  docker_api::EndpointChoice endpoint;  // empty: as the docker command would choose
  std::string capture_image = "echolab/capture-agent";
  std::string runner_image = "echolab/runner";  // of programs that were handed in, and of jobs
  std::size_t start_window = 0;                 // containers started at once; 0: twice the engine's processors
};

}  // namespace echolab::engine::docker

namespace echolab::engine {

// Does not connect yet. Throws EnvironmentError when the options name no engine.
std::unique_ptr<Engine> make_docker_engine(const docker::DockerOptions& options = {});

}  // namespace echolab::engine

#pragma once

#include <vector>

#include "lab/docker_api/client.h"
#include "lab/engine/docker/docker_engine.h"
#include "lab/engine/engine.h"

namespace echolab::engine::docker {

// What `doctor` shows; a client that cannot be reached is an item, not an exception.
std::vector<ReadinessItem> check_engine(docker_api::Client& client, const DockerOptions& options);

}  // namespace echolab::engine::docker

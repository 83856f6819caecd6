#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lab/docker_api/client.h"
#include "lab/engine/engine.h"

namespace echolab::engine::docker {

// The image id of each node, in the plan's order: looked up, or built once per build context. Nothing is
// pulled: which programs a lab runs must not depend on a registry's mood. Throws EnvironmentError naming
// image and mend.
std::vector<std::string> resolve_images(docker_api::Client& client, const RunContext& context);
// The id of one image that must exist.
std::string require_image(docker_api::Client& client, const std::string& reference);

}  // namespace echolab::engine::docker

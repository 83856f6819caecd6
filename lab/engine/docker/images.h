#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lab/docker_api/client.h"
#include "lab/engine/docker/owner.h"
#include "lab/engine/engine.h"

namespace echolab::engine::docker {

struct NodeImage {
  std::string id;
  std::string recorded;  // what outlives the run: of a submission, whose files the plan names, the runner's id
};
// The image of each node, in the plan's order: looked up, or built once per build context or submission. Nothing is
// pulled: which programs a lab runs must not depend on a registry's mood. Throws EnvironmentError naming
// image and mend, and Interrupted.
std::vector<NodeImage> resolve_images(docker_api::Client& client, const RunContext& context,
                                      const std::string& runner_image, const Owner& owner);
// The id of one image that must exist.
std::string require_image(docker_api::Client& client, const std::string& reference);

}  // namespace echolab::engine::docker

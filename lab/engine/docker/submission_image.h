#pragma once
// The image of a program that was handed in: the runner image, and its files below /submission, where only root may
// write.

#include <string>

#include "lab/docker_api/client.h"
#include "lab/engine/docker/owner.h"
#include "lab/plan/plan.h"

namespace echolab::engine::docker {

// Its id. It carries the run's labels and belongs to that run alone, which removes it by them: no other run can be using
// it then, and a build that is broken off leaves nothing without labels. Throws EnvironmentError.
std::string build_submission_image(docker_api::Client& client, const std::string& runner_id, const plan::Bundle& bundle,
                                   const std::string& run, const Owner& owner);

}  // namespace echolab::engine::docker

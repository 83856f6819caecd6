#pragma once

#include "lab/docker_api/client.h"
#include "lab/engine/docker/docker_engine.h"
#include "lab/engine/engine.h"

namespace echolab::engine::docker {

// Runs the job in a container of the runner image, in the cage of untrusted programs and without a network. Image and
// container are gone when it returns, also with an exception. `client` has negotiated and is used for nothing else.
JobResult run_job_container(docker_api::Client& client, const DockerOptions& options, const Job& job,
                            Interrupt& interrupt);

}  // namespace echolab::engine::docker

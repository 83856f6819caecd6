#pragma once
// Removing what carries our labels, and nothing else.

#include <string>

#include "lab/docker_api/client.h"
#include "lab/engine/engine.h"

namespace echolab::engine::docker {

// Every object that carries `label` ("echolab.run" or "echolab.run=<id>") and whose owner is in the scope:
// containers before networks and images, in parallel. An object that vanishes meanwhile is no failure. Throws
// EnvironmentError only when the engine cannot be asked at all.
CleanupSummary remove_labelled(docker_api::Client& client, const std::string& label, CleanupScope scope);

}  // namespace echolab::engine::docker

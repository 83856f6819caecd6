#pragma once
// From the plan to what the engine is asked to create. Pure.

#include <string>

#include "lab/docker_api/containers.h"
#include "lab/engine/docker/owner.h"
#include "lab/engine/engine.h"
#include "lab/plan/plan.h"

namespace echolab::engine::docker {

// "echolab-20261122t221530z-7f3a91-client-1"
std::string object_name(const std::string& run, const std::string& part);
// At most 15 characters (IFNAMSIZ less its zero), unique to the run.
std::string bridge_name(const plan::Plan& plan, const plan::Network& network);

docker_api::NetworkSpec network_spec(const plan::Plan& plan, const plan::Network& network, const Owner& owner);
// No capabilities, no way to new privileges, nothing writable but /tmp; a program that was handed in is put in its cage.
docker_api::ContainerSpec node_spec(const plan::Plan& plan, const plan::Node& node, const std::string& image,
                                    const Owner& owner);
// `run` names the job's objects; `image` has the job's files.
docker_api::ContainerSpec job_spec(const Job& job, const std::string& run, const std::string& image,
                                   const Owner& owner);
docker_api::ContainerSpec capture_spec(const plan::Plan& plan, const plan::Capture& capture, const std::string& image,
                                       const Owner& owner);

}  // namespace echolab::engine::docker

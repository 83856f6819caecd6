#include "lab/cli/engines.h"

#include <cstdlib>

#include "lab/base/error.h"
#include "lab/docker_api/client.h"
#include "lab/engine/compose/compose_engine.h"
#include "lab/engine/docker/docker_engine.h"
#include "lab/engine/local/local_engine.h"
#include "lab/engine/recording/recording_engine.h"

namespace echolab::cli {

namespace {

std::unique_ptr<engine::Engine> docker_engine(const EngineOptions& options) {
  engine::docker::DockerOptions docker;
  docker.endpoint = {options.host, options.context};
  return engine::make_docker_engine(docker);
}

}  // namespace

ChosenEngine choose_engine(const EngineOptions& options) {
  if (options.name == "compose") {
    return {engine::make_compose_engine({options.evidence, options.server, options.clients}), ""};
  }
  if (options.name == "record") return {engine::make_recording_engine(), ""};
  if (options.name == "local") return {engine::make_local_engine(), ""};
  const auto is_set = [](const char* variable) {
    const char* const value = std::getenv(variable);
    return value != nullptr && *value != '\0';
  };
  // Who names a Docker engine means it.
  if (options.name == "docker" || !options.host.empty() || !options.context.empty() || is_set("DOCKER_HOST") ||
      is_set("DOCKER_CONTEXT"))
    return {docker_engine(options), ""};
  try {
    docker_api::Client client(docker_api::resolve_endpoint({}));
    client.negotiate();
    return {docker_engine(options), "Docker answers at " + client.endpoint().address};
  } catch (const EnvironmentError& error) {
    return {engine::make_local_engine(), "no Docker engine answers: " + error.cause()};
  }
}

}  // namespace echolab::cli

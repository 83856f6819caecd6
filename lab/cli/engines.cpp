#include "lab/cli/engines.h"

#include "lab/engine/compose/compose_engine.h"
#include "lab/engine/docker/docker_engine.h"
#include "lab/engine/local/local_engine.h"

namespace echolab::cli {

std::unique_ptr<engine::Engine> make_engine(const EngineOptions& options) {
  if (options.name == "compose") {
    return engine::make_compose_engine({options.evidence, options.server, options.clients});
  }
  if (options.name == "local") return engine::make_local_engine();
  engine::docker::DockerOptions docker;
  docker.endpoint = {options.host, options.context};
  return engine::make_docker_engine(docker);
}

}  // namespace echolab::cli

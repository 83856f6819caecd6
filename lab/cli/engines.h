#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "lab/engine/engine.h"
#include "lab/scenario/scenario.h"

namespace echolab::cli {

struct EngineOptions {
  std::string name = "auto";  // auto, docker, compose
  std::string host, context;  // of Docker; empty: as the docker command would choose
  // engine "compose" only: the lab that `docker compose up` started
  std::filesystem::path evidence;
  std::string server = "echo-server", clients = "client";
};

// Throws EnvironmentError when the engine can't be reached.
std::unique_ptr<engine::Engine> make_engine(const EngineOptions& options);

}  // namespace echolab::cli

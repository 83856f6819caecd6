#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "lab/engine/engine.h"
#include "lab/scenario/scenario.h"

namespace echolab::cli {

struct EngineOptions {
  std::string name = "auto";  // auto, docker, local, compose, record
  std::string host, context;  // of Docker; empty: as the docker command would choose
  // engine "compose" only: the lab that `docker compose up` started
  std::filesystem::path evidence;
  std::string server = "echo-server", clients = "client";
};

struct ChosenEngine {
  std::unique_ptr<engine::Engine> engine;
  std::string reason;  // of a choice that was left to us; else empty
};

// "auto" is Docker when it answers, else namespaces of this machine. Throws EnvironmentError when the options name no
// engine.
ChosenEngine choose_engine(const EngineOptions& options);

}  // namespace echolab::cli

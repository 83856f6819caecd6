#pragma once

#include <filesystem>
#include <memory>

#include "lab/engine/engine.h"

namespace echolab::engine {

struct LocalOptions {
  std::filesystem::path services;  // folder of echo-server and the like; empty: looked for
};

// Nodes are processes in namespaces of this machine: no daemon, no image, no need to be root.
std::unique_ptr<Engine> make_local_engine(LocalOptions options = {});

}  // namespace echolab::engine

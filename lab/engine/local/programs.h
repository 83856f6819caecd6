#pragma once
// Which program of this machine a node runs: there are no images here.

#include <filesystem>
#include <string>
#include <vector>

#include "lab/plan/plan.h"

namespace echolab::engine::local {

struct Program {
  std::filesystem::path file;          // empty: arguments[0] is looked up in the node's PATH
  std::vector<std::string> arguments;  // argv
  std::filesystem::path folder = "/";  // to begin in
};

// Where the services are: `given` when it is not empty, else ECHOLAB_SERVICES, else beside this program or where the
// build puts them. Throws EnvironmentError when they are nowhere.
std::filesystem::path find_services(const std::filesystem::path& given);

// One per node. echolab/echo-server and the like are the programs of the build; a scenario's command runs as it stands,
// in the scenario's folder. Any other image throws EnvironmentError.
std::vector<Program> choose_programs(const plan::Plan& plan, const std::filesystem::path& services);

// The folders in which the capture agent looks for tcpdump, as in PATH: the caller's own. Where none has it the agent
// records by itself, through libpcap.
std::string capture_path();

}  // namespace echolab::engine::local

#pragma once
// Which program of this machine a node runs: there are no images here.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "lab/plan/plan.h"

namespace echolab::engine::local {

struct Program {
  std::filesystem::path file;          // empty: arguments[0] is looked up in the node's PATH
  std::vector<std::string> arguments;  // argv
  std::filesystem::path folder = "/";  // to begin in
  // A program that was handed in, which `file`, the supervisor, runs: its files, and the size of the folder where it may
  // write.
  std::filesystem::path submission = {};  // empty: none
  std::uint64_t work_bytes = 0;
};

// `sources` under the supervisor, which is told where a node sees them.
Program supervised_program(const std::filesystem::path& services, const plan::Bundle& sources,
                           const std::vector<std::string>& arguments, std::uint64_t work_bytes);

// Where the services are: `given` when it is not empty, else ECHOLAB_SERVICES, else beside this program or where the
// build puts them. Throws EnvironmentError when they are nowhere.
std::filesystem::path find_services(const std::filesystem::path& given);

// One per node. echolab/echo-server and the like are the programs of the build; a scenario's command runs as it stands,
// in the scenario's folder; what was handed in runs under the build's supervisor. Any other image throws
// EnvironmentError.
std::vector<Program> choose_programs(const plan::Plan& plan, const std::filesystem::path& services);

// The folders in which the capture agent looks for tcpdump, as in PATH: the caller's own. Where none has it the agent
// records by itself, through libpcap.
std::string capture_path();

}  // namespace echolab::engine::local

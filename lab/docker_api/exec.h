#pragma once

#include <string>
#include <vector>

#include "lab/docker_api/client.h"

namespace echolab::docker_api {

struct ExecResult {
  int exit_code = -1;
  std::string output, errors;  // at most 1 MiB each
};
// Runs a command in a container of our own; never in one with foreign programs.
void run_exec(Client& client, const std::string& container, const std::vector<std::string>& command,
              Callback<ExecResult> done);

}  // namespace echolab::docker_api

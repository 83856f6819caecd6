#pragma once

#include <string>
#include <vector>

#include "lab/docker_api/client.h"

namespace echolab::docker_api {

struct SystemInfo {
  std::string version, kernel, architecture, operating_system, storage_driver, cgroup_version, cgroup_driver;
  int cpus = 0;
  std::vector<std::string> security;  // "name=seccomp,profile=default"
  bool memory_limit = true, pids_limit = true, cpu_limit = true;
};
void system_info(Client& client, Callback<SystemInfo> done);

}  // namespace echolab::docker_api

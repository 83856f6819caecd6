#pragma once
// Which of its limits the container has met.

#include <string>

namespace echo {

// Members of the event `limits`: "oom_kills":0,"pids_hits":2,"disk_full":false. What can't be found out is left out.
// `cgroup`: where cgroups are mounted, version 1 or 2; `work`: the folder that may be full.
std::string limit_members(const std::string& work, const std::string& cgroup = "/sys/fs/cgroup");

}  // namespace echo

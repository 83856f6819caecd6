#include "lab/docker_api/system.h"

#include "lab/base/json.h"
#include "lab/docker_api/convert.h"

namespace echolab::docker_api {

void system_info(Client& client, Callback<SystemInfo> done) {
  client.call({.path = "/info"}, converted<SystemInfo>(std::move(done), [](const nlohmann::json& value) {
                SystemInfo info;
                info.version = text(value, "ServerVersion");
                info.kernel = text(value, "KernelVersion");
                info.architecture = text(value, "Architecture");
                info.operating_system = text(value, "OperatingSystem");
                info.storage_driver = text(value, "Driver");
                info.cgroup_version = text(value, "CgroupVersion");
                info.cgroup_driver = text(value, "CgroupDriver");
                info.cpus = static_cast<int>(number(value, "NCPU"));
                info.memory_limit = flag(value, "MemoryLimit");
                info.pids_limit = flag(value, "PidsLimit");
                info.cpu_limit = flag(value, "CpuCfsQuota");
                const auto& security = member(value, "SecurityOptions");
                if (security.is_array()) {
                  for (const auto& option : security) {
                    if (option.is_string()) info.security.push_back(option.get<std::string>());
                  }
                }
                return info;
              }));
}

}  // namespace echolab::docker_api

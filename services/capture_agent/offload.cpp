#include "services/capture_agent/offload.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "services/common/failure.h"
#include "services/common/unique_fd.h"

namespace echo {

namespace {

struct Feature {
  std::uint32_t set;  // the ethtool command that switches it (linux/ethtool.h)
  const char* name;   // as ethtool(8) calls it
};
// Segmentation goes first: the kernel refuses checksums off while something that needs them is on.
constexpr std::array<Feature, 4> features{
    {{ETHTOOL_STSO, "tso"}, {ETHTOOL_SGSO, "gso"}, {ETHTOOL_SGRO, "gro"}, {ETHTOOL_STXCSUM, "tx"}}};

}  // namespace

std::vector<std::string> switch_offloads_off(pid_t pid, const std::string& interface) {
  const auto path = fmt::format("/proc/{}/ns/net", pid);
  const UniqueFd network(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!network && errno == ENOENT) return {};  // it ended meanwhile, and its network with it
  if (!network) throw Failure("open " + path, errno);
  if (::setns(network.get(), CLONE_NEWNET) != 0) throw Failure("enter " + path, errno);

  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) throw Failure("socket", errno);
  std::vector<std::string> off;
  for (const auto& feature : features) {
    ethtool_value value{feature.set, 0};
    ifreq request{};
    interface.copy(static_cast<char*>(request.ifr_name), IFNAMSIZ - 1);
    request.ifr_data = reinterpret_cast<char*>(&value);
    if (::ioctl(socket.get(), SIOCETHTOOL, &request) != 0) {
      // A driver without the feature has it off.
      if (errno == EOPNOTSUPP) continue;
      throw Failure(fmt::format("switch {} off on {} of process {}", feature.name, interface, pid), errno);
    }
    off.emplace_back(feature.name);
  }
  return off;
}

}  // namespace echo

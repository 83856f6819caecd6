#include "lab/engine/docker/cage.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>

#include "lab/base/hash.h"

namespace echolab::engine::docker {

namespace {

constexpr int open_files = 1024;
constexpr std::uint64_t shm_bytes = 8u << 20;
constexpr std::uint32_t first_user = 100'000;
constexpr int first_to_go = 500;  // when the host runs out of memory; its own processes are at 0

}  // namespace

std::uint32_t cage_user(const std::string& run, const std::string& program) {
  constexpr std::uint32_t users = static_cast<std::uint32_t>(std::numeric_limits<std::int32_t>::max()) - first_user + 1;
  const std::string digest = sha256_hex(run + "/" + program);
  std::uint64_t number = 0;
  std::from_chars(digest.data(), digest.data() + 16, number, 16);
  return first_user + static_cast<std::uint32_t>(number % users);
}

void put_in_cage(docker_api::ContainerSpec& spec, std::uint32_t user, const scenario::Limits& limits,
                 std::uint64_t work_bytes) {
  spec.user = fmt::format("{0}:{0}", user);
  spec.security_options = {"no-new-privileges"};
  // Nobody answers; who asks all the same need not wait for the resolver's usual ten seconds.
  spec.dns = {"0.0.0.0"};
  spec.dns_options = {"timeout:1", "attempts:1"};
  // The kernel charges both to the container's memory. Inodes cost kernel memory beyond the bytes, so they are counted.
  spec.tmpfs = {{"/tmp", "rw,noexec,nosuid,nodev,size=64m,nr_inodes=4k"},
                {"/work", fmt::format("rw,exec,nosuid,nodev,size={},nr_inodes=16k,mode=0700,uid={},gid={}", work_bytes,
                                      user, user)}};
  spec.memory_bytes = limits.memory_bytes;
  spec.cpus = limits.cpus;
  spec.pids = limits.pids;
  spec.open_files = open_files;
  spec.file_bytes = work_bytes;
  spec.shm_bytes = shm_bytes;
  spec.oom_score = first_to_go;
}

}  // namespace echolab::engine::docker

#pragma once
// Who made an object, written on it as labels: enough to find it after any crash, and never to touch
// another's.

#include <optional>
#include <string>

#include "lab/docker_api/networks.h"

namespace echolab::engine::docker {

constexpr const char* label_run = "echolab.run";      // run id
constexpr const char* label_owner = "echolab.owner";  // the controller: Owner::to_string()
constexpr const char* label_node = "echolab.node";    // node's or network's name
constexpr const char* label_role = "echolab.role";    // server, client, capture, network, job, submission

// A process is named by its id, the kernel tick at which it started, and the boot: no later process has all
// three.
struct Owner {
  int pid = 0;
  unsigned long long start_ticks = 0;    // field 22 of /proc/<pid>/stat
  unsigned long long pid_namespace = 0;  // inode of /proc/self/ns/pid
  std::string boot_id;                   // /proc/sys/kernel/random/boot_id
  bool operator==(const Owner&) const = default;

  static Owner self();
  static std::optional<Owner> parse(const std::string& text);
  std::string to_string() const;  // "4711-123456-4026531836-3b04da20-2b43-4039-bb9f-92e4e5151301"
  // False only when it is certain: another boot of this host, no such process, or one that started at another
  // time. Of a process in another PID namespace (a controller in a container), or of another host's
  // (`same_host` false and another boot), nothing is certain.
  bool alive(bool same_host) const;
};

docker_api::Labels labels_for(const std::string& run, const Owner& owner, const std::string& node,
                              const std::string& role);

}  // namespace echolab::engine::docker

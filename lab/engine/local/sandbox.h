#pragma once
// What a node's program may not do (docs/decisions/0008 says what that is worth).

#include <linux/filter.h>

#include <cstdint>
#include <vector>

#include "lab/scenario/scenario.h"

namespace echolab::engine::local {

// The user and group that every program of a lab is, in its user namespace: as in our images.
constexpr std::uint32_t node_user = 65532;

// System calls that a node is refused, compiled once for all nodes.
class CallFilter {
 public:
  CallFilter();  // throws SetupFailure
  void apply() const;

 private:
  std::vector<sock_filter> program_;
};

// Limits of one process where rlimits can, of all the lab's processes together where they only can that.
void limit_resources(const scenario::Limits& limits, std::size_t nodes);

// Becomes the node's user without any capability, now and after exec. `changes_groups`: the caller's groups can be, and
// are, given up.
void drop_privileges(bool changes_groups);
// Becomes that user, but what it executes can open packet sockets: the capture agent and tcpdump.
void keep_capture_rights(bool changes_groups);

}  // namespace echolab::engine::local

#pragma once
// The lab process: process 1 of the lab's PID namespace. Its network namespace holds the bridges, its children are the
// nodes and the capture agents. It is a fork of the controller that never executes anything, has one thread, and dies
// with the controller; with it the kernel kills all that is in the lab.

#include <filesystem>
#include <vector>

#include "lab/engine/local/channel.h"
#include "lab/engine/local/programs.h"
#include "lab/plan/plan.h"

namespace echolab::engine::local {

struct LabSpec {
  const plan::Plan& plan;
  std::vector<Program> programs;        // by node
  std::filesystem::path capture_agent;  // empty: nothing is captured
  bool as_root = false;                 // the caller is: ids can be changed, groups given up
  // Each node is told its neighbours, for the machine's table would not hold them: no ARP in the capture then.
  bool tells_neighbours = false;
};

// Never returns. The process is new, in namespaces of its own; `socket` is its end of the channel, and the only
// descriptor beside the standard ones that it keeps.
[[noreturn]] void run_lab_init(const LabSpec& spec, int socket);

}  // namespace echolab::engine::local

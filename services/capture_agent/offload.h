#pragma once
// Switches a node's offloads off, so that frames in a capture are what a wire would carry: no segment above
// the MTU, and every checksum filled in.

#include <sys/types.h>

#include <string>
#include <vector>

namespace echo {

// Enters the network namespace of `pid` and stays in it. Needs SYS_ADMIN, SYS_PTRACE and, inside, NET_ADMIN;
// the process must be single-threaded. Returns the features that are off now; none when
// there is no such process any more. Throws Failure.
std::vector<std::string> switch_offloads_off(pid_t pid, const std::string& interface);

}  // namespace echo

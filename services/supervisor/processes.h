#pragma once
// The processes below us, wanted or not.

#include <sys/types.h>

#include <optional>
#include <vector>

#include "services/supervisor/ending.h"

namespace echo {

// Makes this process safe from what it will run, which has the same user: its descriptors and memory can't be opened
// through /proc (prctl(2), PR_SET_DUMPABLE), every signal is blocked (signals.h reads those that count), and orphans
// below it become its children. Call first.
void guard_this_process();

// Reaps children that have ended. How `main` ended, if it is among them.
std::optional<Ending> reap_ended(pid_t main);

// Kills and reaps everything below this process; as the first process of a namespace, everything in it. Returns how
// `main` ended, if it is among them; `main` may be -1.
std::optional<Ending> kill_everything(pid_t main);

}  // namespace echo

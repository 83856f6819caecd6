#pragma once
// What the supervisor of a student's program saw: its event log (docs/events.md), read for limits and ends.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/artifacts/run_folder.h"
#include "lab/marks/class_result.h"

namespace echolab::grade {

// Of a supervisor's event log so much is read; it writes a few lines, whatever its program does.
constexpr std::size_t most_supervisor_event_bytes = std::size_t{2} << 20;

struct SupervisorReport {
  std::uint64_t out_of_memory_kills = 0, refused_processes = 0;
  bool disk_full = false;
  bool out_of_time = false;
  bool ready = false;
  bool stopped = false;                    // by the engine, when the lab was over
  std::string could_not_start;             // what the system said about its command; empty: it was started
  bool ended_by_itself = false;            // before anybody asked it to
  std::optional<int> exit_status;          // of the program
  std::string signal;                      // that ended it: "SIGSEGV"
  std::optional<std::size_t> failed_step;  // of a build, from 1
};
SupervisorReport read_supervisor_events(std::string_view lines);

// The limits that a program ran into; `where` as in LimitHit.
std::vector<marks::LimitHit> limits_hit(const SupervisorReport& report, const artifacts::NodeExit& exit,
                                        const scenario::Limits& limits, const std::string& where);

}  // namespace echolab::grade

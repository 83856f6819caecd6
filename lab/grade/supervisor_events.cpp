#include "lab/grade/supervisor_events.h"

#include <fmt/format.h>

#include "lab/base/json.h"
#include "lab/base/text.h"

namespace echolab::grade {

namespace {

using Json = nlohmann::json;

void take(const Json& event, SupervisorReport& report) {
  const std::string kind = event.value("event", "");
  if (kind == "limits") {
    report.out_of_memory_kills = std::max(report.out_of_memory_kills, event.value("oom_kills", std::uint64_t{0}));
    report.refused_processes = std::max(report.refused_processes, event.value("pids_hits", std::uint64_t{0}));
    report.disk_full = report.disk_full || event.value("disk_full", false);
  } else if (kind == "ended") {
    if (event.contains("exit")) report.exit_status = event.at("exit").get<int>();
    report.out_of_time = report.out_of_time || event.value("reason", "") == "time";
    report.could_not_start = event.value("error", report.could_not_start);
    report.signal = event.value("signal", report.signal);
    report.ended_by_itself = !event.contains("reason") && (event.contains("exit") || event.contains("signal"));
    report.stopped = report.stopped || event.value("reason", "") == "stopped";
  } else if (kind == "ready") {
    report.ready = true;
  } else if (kind == "step_failed") {
    report.failed_step = event.value("step", std::size_t{0});
  }
}

}  // namespace

SupervisorReport read_supervisor_events(std::string_view lines) {
  SupervisorReport report;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    const Json event = Json::parse(line, nullptr, false);
    if (!event.is_object()) continue;
    try {
      take(event, report);
    } catch (const Json::exception&) {
      // Not a line of the supervisor's: the event log is a witness, never an authority.
    }
  }
  return report;
}

std::vector<marks::LimitHit> limits_hit(const SupervisorReport& report, const artifacts::NodeExit& exit,
                                        const scenario::Limits& limits, const std::string& where) {
  std::vector<marks::LimitHit> hits;
  if (exit.out_of_memory || report.out_of_memory_kills > 0) {
    hits.push_back({marks::Limit::memory, where, "killed at " + humanize_bytes(limits.memory_bytes)});
  }
  if (report.refused_processes > 0) {
    hits.push_back({marks::Limit::processes, where, fmt::format("refused more than {}", limits.pids)});
  }
  if (report.disk_full) hits.push_back({marks::Limit::disk, where, "its folder was full"});
  if (exit.stdout_cut > 0) {
    hits.push_back({marks::Limit::output, where, humanize_bytes(exit.stdout_cut) + " more than is kept"});
  }
  if (report.out_of_time) hits.push_back({marks::Limit::time, where, "it had not ended by itself"});
  return hits;
}

}  // namespace echolab::grade

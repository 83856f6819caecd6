#include "lab/grade/own_endings.h"

#include <fmt/format.h>

#include "lab/base/file.h"
#include "lab/base/text.h"
#include "lab/grade/supervisor_events.h"

namespace echolab::grade {

namespace {

constexpr std::size_t most_output_read = std::size_t{16} << 20;
constexpr std::size_t shown_columns = 100;

std::string file_of(const artifacts::RunFolder& run, const std::string& node, const char* name, std::size_t limit) {
  const auto file = run.node_file(node, name);
  return std::filesystem::exists(file) ? read_file(file, limit) : "";
}

// The last line that names an error, else the last one.
std::string last_word(const std::string& output) {
  std::string last, error;
  for (std::size_t from = 0; from < output.size();) {
    const std::size_t end = std::min(output.find_first_of("\r\n", from), output.size());
    const std::string line = output.substr(from, end - from);
    from = end + 1;
    if (line.find_first_not_of(" \t") == std::string::npos) continue;
    last = line;
    if (line.find("rror") != std::string::npos || line.find("xception") != std::string::npos) error = line;
  }
  return cut_to_width(escape_for_terminal(error.empty() ? last : error), shown_columns);
}

std::string ending_of(const artifacts::RunFolder& run, const plan::Node& node) {
  const SupervisorReport report =
      read_supervisor_events(file_of(run, node.name, "events.jsonl", most_supervisor_event_bytes));
  if (!report.could_not_start.empty()) {
    return fmt::format("{} could not be started: {}", node.name, escape_for_terminal(report.could_not_start));
  }
  if (!report.ended_by_itself) return "";
  if (node.role == plan::Role::client && report.exit_status == 0) return "";  // as it should
  const std::string how = report.exit_status ? fmt::format("exit status {}", *report.exit_status) : report.signal;
  const std::string word = last_word(file_of(run, node.name, "stdout", most_output_read));
  return fmt::format("{} ended by itself with {}{}", node.name, how, word.empty() ? "" : fmt::format(": '{}'", word));
}

}  // namespace

std::string own_endings(const artifacts::RunFolder& run) {
  std::string all;
  for (const plan::Node& node : run.plan.nodes) {
    const std::string ending = node.supervised ? ending_of(run, node) : "";
    if (!ending.empty()) all += (all.empty() ? "" : "; ") + ending;
  }
  return all;
}

void explain_failures(std::vector<marks::CheckMark>& marks, const std::string& endings) {
  if (endings.empty()) return;
  for (marks::CheckMark& mark : marks) {
    if (mark.outcome != verify::Outcome::failed) continue;
    mark.message = endings + "; " + mark.message;
    mark.hint = "what the program wrote last is in the picture and in transcripts/";
  }
}

}  // namespace echolab::grade

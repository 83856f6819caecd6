#include <fmt/format.h>

#include "lab/base/diagnostic.h"
#include "lab/base/json.h"
#include "lab/base/text.h"
#include "lab/cli/commands.h"
#include "lab/plan/make_plan.h"
#include "lab/scenario/load.h"

namespace echolab::cli {

namespace {

// Scenarios for grading are planned with somebody: nodes and mistakes are the same for every student.
plan::Student anybody() {
  plan::Student student;
  student.identity = {{"student_id", "20260000"}, {"name", "홍길동"}, {"department", "컴퓨터공학과"},
                      {"email", "hong@example"},  {"section", "1"},   {"nonce", "00000000"}};
  student.server = student.client = plan::PreparedProgram{{}, {"program"}};
  return student;
}

}  // namespace

// Every file is checked, whatever the others look like; planning is part of it, since some mistakes only show with
// numbers (more nodes than a subnet holds).
ExitCode validate(const std::vector<std::filesystem::path>& scenarios, Terminal& terminal) {
  nlohmann::ordered_json results = nlohmann::ordered_json::array();
  bool valid = true;
  for (const std::filesystem::path& file : scenarios) {
    nlohmann::ordered_json result{
        {"file", file.string()}, {"valid", true}, {"mistakes", nlohmann::ordered_json::array()}};
    try {
      const scenario::Scenario scenario = scenario::load_file(file);
      const plan::Plan plan = plan::make_plan(scenario, {"00000000T000000Z-000000", {}, anybody()});
      if (!terminal.json() && !terminal.quiet()) {
        terminal.print(fmt::format("{}: valid, {} nodes, {} clients\n", escape_for_terminal(file.string()),
                                   plan.nodes.size(), plan.exchanges.size()));
      }
    } catch (const InvalidInput& input) {
      valid = false;
      result["valid"] = false;
      for (const Diagnostic& d : input.diagnostics()) {
        result["mistakes"].push_back({{"line", d.where.line},
                                      {"column", d.where.column},
                                      {"length", d.where.length},
                                      {"message", d.message},
                                      {"hint", d.hint}});
      }
      if (!terminal.json()) terminal.print(render(input.file(), input.source(), input.diagnostics()));
    }
    results.push_back(std::move(result));
  }
  if (terminal.json()) {
    terminal.print(nlohmann::ordered_json{{"schema", "echolab.validate/v1"}, {"files", results}}.dump(
                       2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
                   "\n");
  }
  return valid ? exit_passed : exit_usage;
}

}  // namespace echolab::cli

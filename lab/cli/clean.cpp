#include <fmt/format.h>

#include "lab/base/json.h"
#include "lab/base/text.h"
#include "lab/cli/commands.h"

namespace echolab::cli {

ExitCode clean(const EngineOptions& options, bool all, Terminal& terminal) {
  const auto engine = choose_engine(options).engine;
  const auto scope = all ? engine::CleanupScope::all : engine::CleanupScope::dead_owners;
  const engine::CleanupSummary summary = engine->remove_leftovers(scope);
  if (terminal.json()) {
    terminal.print(nlohmann::ordered_json{{"schema", "echolab.clean/v1"},
                                          {"removed", summary.removed},
                                          {"kept", summary.kept},
                                          {"failed", summary.failed}}
                       .dump(2) +
                   "\n");
  } else {
    for (const std::string& line : summary.removed)
      terminal.say(fmt::format("removed {}\n", escape_for_terminal(line)));
    for (const std::string& line : summary.kept) terminal.say(fmt::format("kept {}\n", escape_for_terminal(line)));
    for (const std::string& line : summary.failed) terminal.say(fmt::format("FAILED {}\n", escape_for_terminal(line)));
    terminal.print(fmt::format("{} removed, {} kept{}\n", summary.removed.size(), summary.kept.size(),
                               summary.failed.empty() ? "" : fmt::format(", {} failed", summary.failed.size())));
    if (!summary.kept.empty() && !all) terminal.say("`echolab clean --all` removes those of running labs too\n");
  }
  return summary.failed.empty() ? exit_passed : exit_environment;
}

}  // namespace echolab::cli

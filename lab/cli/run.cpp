#include <fmt/format.h>

#include <cstdlib>

#include "lab/base/file.h"
#include "lab/base/text.h"
#include "lab/cli/commands.h"
#include "lab/cli/progress.h"
#include "lab/grade/judged_run.h"
#include "lab/report/console.h"
#include "lab/report/result_json.h"
#include "lab/scenario/load.h"

namespace echolab::cli {

namespace {

struct RunPlace {
  std::filesystem::path folder;
  bool is_default = false;
};

RunPlace choose_folder(const RunOptions& options, const std::string& run_id) {
  if (!options.out.empty()) return {options.out, false};
  return {std::filesystem::path("artifacts") / run_id, true};
}

// How the user typed it: the launcher tells, so that the next command can be copied as it stands.
std::string called_as() {
  const char* command = std::getenv("ECHOLAB_COMMAND");
  return command == nullptr ? "echolab" : escape_for_terminal(command);
}

// artifacts/latest → the newest run, for people; a failure here is not worth an error.
void point_latest_at(const std::filesystem::path& folder) {
  std::error_code ignored;
  const std::filesystem::path link = folder.parent_path() / "latest";
  const std::filesystem::path temporary = folder.parent_path() / ("." + folder.filename().string() + ".latest");
  std::filesystem::create_symlink(folder.filename(), temporary, ignored);
  std::filesystem::rename(temporary, link, ignored);
}

grade::JudgedRun run_lab(const RunOptions& options, const scenario::Scenario& scenario, engine::Engine& engine,
                         Progress& progress, Interrupt& interrupt) {
  const auto place = [&](const std::string& run_id) {
    const RunPlace chosen = choose_folder(options, run_id);
    if (chosen.is_default) {
      create_folders(chosen.folder);
      point_latest_at(chosen.folder);
    }
    return chosen.folder;
  };
  try {
    return grade::run_and_judge({scenario, {grade::new_run_id(std::chrono::system_clock::now())}, place}, engine,
                                progress, interrupt);
  } catch (...) {
    progress.clear();
    throw;
  }
}

}  // namespace

ExitCode run(const RunOptions& options, Terminal& terminal) {
  const scenario::Scenario scenario = scenario::load_file(options.scenario);
  Interrupt interrupt;
  const auto [engine, reason] = choose_engine(options.engine);
  Progress progress(terminal);
  progress.step(fmt::format("{} on engine {}{}{}", scenario.name, engine->name(), reason.empty() ? "" : ": ", reason));
  const engine::CleanupSummary leftovers = engine->remove_leftovers(engine::CleanupScope::dead_owners);
  if (!leftovers.removed.empty()) {
    progress.step(fmt::format("removed {} objects that killed runs had left", leftovers.removed.size()));
  }
  const grade::JudgedRun judged = run_lab(options, scenario, *engine, progress, interrupt);
  progress.clear();
  if (!judged.warning.empty()) terminal.say(fmt::format("warning: {}\n", escape_for_terminal(judged.warning)));
  if (terminal.json()) {
    terminal.print(report::result_json(judged.run, judged.verdict));
  } else {
    terminal.print(report::render_verdict(judged.run, judged.verdict, terminal.out_style()));
    terminal.print(fmt::format("\nlogs and captures: {0}\n  wireshark {0}/captures/lab.pcapng\n  {1} verify {0}\n",
                               escape_for_terminal(judged.run.folder.string()), called_as()));
  }
  return exit_code_of(judged.verdict.outcome);
}

}  // namespace echolab::cli

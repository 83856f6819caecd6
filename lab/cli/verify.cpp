#include <fmt/format.h>

#include "lab/artifacts/run_folder.h"
#include "lab/base/diagnostic.h"
#include "lab/base/error.h"
#include "lab/base/file.h"
#include "lab/base/text.h"
#include "lab/cli/commands.h"
#include "lab/report/console.h"
#include "lab/verify/verify.h"

namespace echolab::cli {

ExitCode verify(const VerifyOptions& options, Terminal& terminal) {
  std::error_code error;
  if (!std::filesystem::is_directory(options.evidence, error)) return verify_capture(options, terminal);
  if (options.for_capture()) {
    throw InvalidInput(options.evidence.string(), "",
                       {{{0, 0, 0},
                         "--scenario, --port and --timeout are for a capture alone; this is a run folder",
                         "a run folder holds its own plan: leave the options out, or name a file in captures/"}});
  }
  return verify_run_folder(options.evidence, terminal);
}

// Judges a stored run again; nothing is started and nothing is written.
ExitCode verify_run_folder(const std::filesystem::path& run_folder, Terminal& terminal) {
  const artifacts::RunFolder run = artifacts::read_run_folder(run_folder);
  const verify::Verdict verdict = verify::verify_run(run);
  const std::string findings = verify::to_json(verdict);
  if (terminal.json()) {
    terminal.print(findings);
  } else {
    terminal.print(report::render_verdict(run, verdict, terminal.out_style()));
  }
  for (const std::string& file : run.damaged) {
    terminal.say(fmt::format("warning: {} is not what the manifest says: changed after the run\n",
                             escape_for_terminal((run.folder / file).string())));
  }
  if (!run.finished) terminal.say("note: this run was not finished; it is judged by what was gathered\n");
  std::error_code error;
  if (std::filesystem::is_regular_file(run_folder / "findings.json", error) && run.finished) {
    const bool same = read_file(run_folder / "findings.json") == findings;
    terminal.say(same ? "findings are the same as those stored with the run\n"
                      : "findings DIFFER from those stored with the run (findings.json)\n");
  }
  return exit_code_of(verdict.outcome);
}

}  // namespace echolab::cli

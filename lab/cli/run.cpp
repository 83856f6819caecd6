#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/random.h>

#include <cstdlib>

#include "lab/artifacts/run_folder.h"
#include "lab/base/error.h"
#include "lab/base/text.h"
#include "lab/cli/commands.h"
#include "lab/cli/progress.h"
#include "lab/evidence/comment_captures.h"
#include "lab/evidence/write_captures.h"
#include "lab/plan/make_plan.h"
#include "lab/report/console.h"
#include "lab/report/result_json.h"
#include "lab/scenario/load.h"
#include "lab/verify/annotations.h"
#include "lab/verify/packet_comments.h"
#include "lab/verify/verify.h"

namespace echolab::cli {

namespace {

constexpr int most_subnet_tries = 16;

// Sorts by time, and two runs in one second differ: "20261122T221530Z-7f3a91".
std::string new_run_id(WallTime now) {
  std::uint32_t random = 0;
  if (::getrandom(&random, sizeof random, 0) != static_cast<ssize_t>(sizeof random)) {
    throw EnvironmentError("draw a run id", "getrandom gave too few bytes", "");
  }
  return fmt::format("{:%Y%m%dT%H%M%SZ}-{:06x}", fmt::gmtime(std::chrono::system_clock::to_time_t(now)),
                     random & 0xffffff);
}

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

struct Judged {
  artifacts::RunFolder run;
  verify::Verdict verdict;
  std::string warning;  // what went wrong after the verdict; empty: nothing
};

// The judge's words for the writer of captures.
class VerdictComments final : public evidence::CommentSource {
 public:
  VerdictComments(const plan::Plan& plan, const verify::Annotations& annotations) : comments_(plan, annotations) {}
  std::span<const std::string> comments_of(std::uint64_t packet) override { return comments_.of(packet); }
  std::vector<std::string> about_all() override { return comments_.about_all(); }

 private:
  verify::PacketComments comments_;
};

// Everything after the engine reads the run folder alone: what is printed now is what `echolab verify` prints later.
Judged judge(artifacts::RunFolderWriter& folder, const plan::Plan& plan, const artifacts::EngineRecord& record,
             Progress& progress) {
  progress.step("writing captures");
  folder.log_step("captures");
  const evidence::Evidence captures = evidence::write_captures(folder.folder(), plan, record);
  folder.write_engine(captures.engine);
  progress.step("judging");
  folder.log_step("verify");
  Judged judged{artifacts::read_run_folder(folder.folder()), {}, {}};
  verify::Annotations annotations;
  judged.verdict = verify::verify_run(judged.run, &annotations);
  folder.write_file("findings.json", verify::to_json(judged.verdict));
  folder.write_file("result.json", report::result_json(judged.run, judged.verdict));
  progress.step("writing comments");
  VerdictComments comments(judged.run.plan, annotations);
  judged.warning = evidence::comment_captures(folder.folder(), plan, captures, comments);
  folder.log_step("comments", judged.warning);
  folder.finish(record.finished);
  return judged;
}

// Plans and runs; when another network takes a planned subnet in between, plans again without it.
Judged run_lab(const RunOptions& options, const scenario::Scenario& scenario, engine::Engine& engine,
               Progress& progress, Interrupt& interrupt) {
  plan::PlanInputs inputs{new_run_id(std::chrono::system_clock::now()), {}};
  std::vector<Prefix> taken;
  for (int attempt = 1;; ++attempt) {
    inputs.occupied = engine.occupied_prefixes();
    inputs.occupied.insert(inputs.occupied.end(), taken.begin(), taken.end());
    const plan::Plan plan = engine.plan(scenario, inputs);
    const RunPlace place = choose_folder(options, plan.run_id);
    artifacts::RunFolderWriter folder(place.folder, plan, scenario.source);
    if (place.is_default) point_latest_at(place.folder);
    try {
      return judge(folder, plan, engine.run({plan, folder, progress, interrupt}), progress);
    } catch (const engine::SubnetTaken& error) {
      if (attempt == most_subnet_tries) {
        throw EnvironmentError("create the lab's network", error.what(), "remove networks that are no longer used");
      }
      taken.push_back(error.prefix());
      std::error_code ignored;
      std::filesystem::remove_all(place.folder, ignored);
    } catch (const Interrupted&) {
      folder.log_step("interrupted");
      folder.finish(false);
      progress.clear();
      throw;
    } catch (const EnvironmentError&) {
      folder.log_step("failed");
      folder.finish(false);
      progress.clear();
      throw;
    }
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
  const Judged judged = run_lab(options, scenario, *engine, progress, interrupt);
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

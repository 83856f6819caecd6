#include <fmt/format.h>
#include <sys/random.h>

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <set>

#include "lab/base/diagnostic.h"
#include "lab/base/error.h"
#include "lab/base/file.h"
#include "lab/base/hash.h"
#include "lab/base/text.h"
#include "lab/cli/class_progress.h"
#include "lab/cli/commands.h"
#include "lab/grade/batch.h"
#include "lab/grade/class_folder.h"
#include "lab/grade/student_job.h"
#include "lab/report/class_reports.h"
#include "lab/scenario/load.h"
#include "lab/submission/roster.h"

namespace echolab::cli {

namespace {

namespace fs = std::filesystem;

bool runs_submitted_programs(const scenario::Scenario& scenario) {
  return any_submitted(scenario.servers) || any_submitted(scenario.clients);
}

bool concerns_student(const scenario::Scenario& scenario) {
  return scenario.submission || runs_submitted_programs(scenario) ||
         std::any_of(scenario.clients.begin(), scenario.clients.end(),
                     [](const auto& group) { return group.identity_of_student; });
}

std::vector<scenario::Scenario> load_scenarios(const std::vector<fs::path>& files) {
  std::vector<scenario::Scenario> scenarios;
  for (const fs::path& file : files) {
    scenario::Scenario scenario = scenario::load_file(file);
    if (!concerns_student(scenario)) {
      throw InvalidInput(scenario.file, scenario.source,
                         {{{},
                           "nothing in this scenario depends on a student",
                           "say 'student_identity: true' at a client group, 'submitted: true' at a server or client "
                           "group, or what is handed in under 'submission'"}});
    }
    for (const scenario::Scenario& other : scenarios) {
      if (other.name != scenario.name) continue;
      throw InvalidInput(scenario.file, scenario.source,
                         {{{}, fmt::format("{} has the same name: '{}'", other.file, other.name), "change 'name'"}});
    }
    scenarios.push_back(std::move(scenario));
  }
  return scenarios;
}

std::uint64_t draw_seed() {
  std::uint64_t seed = 0;
  if (::getrandom(&seed, sizeof seed, 0) != static_cast<ssize_t>(sizeof seed)) {
    throw EnvironmentError("draw a seed", "getrandom gave too few bytes", "");
  }
  return seed >> 11;  // below 2^53, so that no JSON reader rounds it
}

// A batch that goes on keeps its seed.
std::uint64_t seed_for(const GradeOptions& options) {
  if (options.seed) return *options.seed;
  if (options.resume && fs::exists(options.out / "batch.json")) return grade::read_batch(options.out).seed;
  return draw_seed();
}

std::size_t parse_jobs(const std::string& text) {
  if (text == "auto") return 0;
  std::size_t jobs = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), jobs);
  if (error == std::errc() && end == text.data() + text.size() && jobs > 0 && jobs <= 256) return jobs;
  throw InvalidInput("--jobs", "", {{{}, "'" + text + "' is no number of jobs", "1 to 256, or auto"}});
}

void require_sandbox(const engine::Engine& engine, const std::vector<scenario::Scenario>& scenarios, bool trusted) {
  if (trusted || engine.capabilities().sandbox) return;
  for (const scenario::Scenario& scenario : scenarios) {
    if (!runs_submitted_programs(scenario)) continue;
    throw EnvironmentError("run what students handed in on the engine '" + std::string(engine.name()) + "'",
                           "it is no sandbox: a hostile program could read this machine's files",
                           "use --engine docker; or, for programs you would run yourself, add --trust-programs");
  }
}

std::set<std::string> chosen_students(const GradeOptions& options, const grade::BatchRecord& batch) {
  for (const std::string& id : options.only) {
    if (batch.find(id) != nullptr) continue;
    throw InvalidInput("--only", "", {{{}, "'" + id + "' is not in the roster", ""}});
  }
  return {options.only.begin(), options.only.end()};
}

std::vector<std::string> worker_command(const EngineOptions& engine, std::string_view engine_name) {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  std::vector<std::string> command{self.string(), "grade-student", "--engine", std::string(engine_name)};
  if (!engine.host.empty()) command.insert(command.end(), {"--host", engine.host});
  if (!engine.context.empty()) command.insert(command.end(), {"--context", engine.context});
  return command;
}

bool is_set(const char* variable) {
  const char* const value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

// On GitHub's runners: the job's summary, and annotations of what failed.
void tell_github(const marks::ClassResult& result, Terminal& terminal) {
  if (is_set("GITHUB_STEP_SUMMARY")) {
    std::ofstream(std::getenv("GITHUB_STEP_SUMMARY"), std::ios::app) << report::github_summary(result);
  }
  if (is_set("GITHUB_ACTIONS")) terminal.say(report::github_annotations(result));
}

// GitLab shows pictures that its artifacts hold, by their names below the project.
std::string seen_from_gitlab(const fs::path& folder) {
  if (!is_set("GITLAB_CI") || !is_set("CI_PROJECT_DIR")) return "";
  const std::string name = folder.lexically_relative(std::getenv("CI_PROJECT_DIR")).generic_string();
  return name.empty() || name == "." || name.starts_with("..") ? "" : name;
}

ExitCode exit_code_of_class(const marks::ClassResult& result, bool strict) {
  if (result.students.empty()) return exit_nothing_ran;
  bool all_passed = true;
  for (const marks::StudentResult& student : result.students) {
    if (student.status == marks::Status::inconclusive) return exit_no_verdict;
    all_passed = all_passed && student.status == marks::Status::passed;
  }
  return strict && !all_passed ? exit_failed : exit_passed;
}

}  // namespace

ExitCode grade_class(const GradeOptions& options, Terminal& terminal) {
  grade::BatchRecord batch;
  batch.students = submission::load_roster(options.roster);
  const std::vector<scenario::Scenario> scenarios = load_scenarios(options.scenarios);
  const std::size_t jobs = parse_jobs(options.jobs);
  if (!fs::is_directory(options.submissions)) {
    throw EnvironmentError("read the submissions in " + options.submissions.string(), "it is no folder",
                           "name the folder that holds what students handed in");
  }
  batch.submissions = fs::absolute(options.submissions).lexically_normal().string();
  batch.tool_version = ECHOLAB_VERSION;
  for (const scenario::Scenario& scenario : scenarios) {
    batch.scenarios.push_back(
        {scenario.name, fs::absolute(scenario.file).lexically_normal().string(), sha256_hex(scenario.source)});
  }
  batch.seed = seed_for(options);
  const fs::path folder = fs::absolute(options.out).lexically_normal();
  const std::set<std::string> only = chosen_students(options, batch);

  Interrupt interrupt;
  const auto [engine, reason] = choose_engine(options.engine);
  require_sandbox(*engine, scenarios, options.trust_programs);
  grade::begin_batch(folder, batch, scenarios, options.resume);
  engine->remove_leftovers(engine::CleanupScope::dead_owners);

  ClassProgress progress(terminal);
  grade::run_batch({folder, jobs, only, options.again, worker_command(options.engine, engine->name())}, batch,
                   scenarios, progress, interrupt);
  progress.clear();
  const marks::ClassResult result = grade::collect_class(folder, batch);
  grade::write_reports(folder, result, seen_from_gitlab(folder));
  tell_github(result, terminal);
  if (terminal.json()) {
    terminal.print(marks::to_json(result));
  } else {
    terminal.print(report::render_class(result, terminal.out_style()));
    terminal.print(fmt::format("\nmarks and evidence: {0}\n  {0}/class.html\n  {0}/gradebook.csv\n",
                               escape_for_terminal(options.out.string())));
  }
  return exit_code_of_class(result, options.strict);
}

ExitCode grade_student(const GradeStudentOptions& options, Terminal&) {
  Interrupt interrupt;
  grade::WorkerChannel channel(UniqueFd(grade::WorkerChannel::descriptor));
  try {
    const grade::BatchRecord batch = grade::read_batch(options.batch);
    const marks::Student* const student = batch.find(options.student);
    if (student == nullptr) throw EnvironmentError("grade " + options.student, "the batch has no such student", "");
    std::vector<scenario::Scenario> scenarios;
    for (const grade::BatchScenario& stored : batch.scenarios) {
      scenarios.push_back(scenario::load_file(stored.file));
      if (sha256_hex(scenarios.back().source) == stored.sha256) continue;
      throw EnvironmentError("use " + stored.file, "it was changed since the batch began", "take another --out");
    }
    const auto engine = choose_engine(options.engine).engine;
    grade::grade_student({batch, *student, scenarios, options.into}, *engine, channel, interrupt);
    return exit_passed;
  } catch (const EnvironmentError& error) {
    channel.fault(fmt::format("cannot {}: {}", error.tried(), error.cause()));
    throw;
  }
}

}  // namespace echolab::cli

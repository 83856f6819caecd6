#include "lab/grade/prepare_program.h"

#include <fmt/format.h>

#include "lab/base/diagnostic.h"
#include "lab/base/file.h"
#include "lab/base/text.h"
#include "lab/grade/supervisor_events.h"
#include "lab/submission/program.h"

namespace echolab::grade {

namespace {

using namespace std::chrono_literals;

constexpr auto build_time = 60s;
constexpr std::uint64_t build_memory = 512u << 20, work_bytes = 128u << 20, output_bytes = 64u << 20;
constexpr int build_processes = 128;  // a Java compiler has dozens of threads
const scenario::Limits build_limits{build_memory, 1.0, build_processes};

engine::Job job_for(const submission::ChosenProgram& chosen, const std::filesystem::path& source,
                    const std::string& label) {
  engine::Job job;
  job.name = "build-" + label;
  job.sources = submission::bundle_of(source);
  job.arguments = {"build"};
  for (const std::vector<std::string>& step : chosen.build) {
    job.arguments.emplace_back("--step");
    job.arguments.push_back(fmt::format("{}", step.size()));
    job.arguments.insert(job.arguments.end(), step.begin(), step.end());
  }
  job.limits = build_limits;
  job.time = build_time;
  job.work_bytes = work_bytes;
  job.output_bytes = output_bytes;
  return job;
}

// The first line that a compiler or linker calls an error, else the first line it wrote. "collect2: error" and make's
// "Error 1" only say that another one was there.
std::string telling_line(const std::string& log) {
  std::string first;
  for (std::size_t from = 0; from < log.size();) {
    const std::size_t end = std::min(log.find('\n', from), log.size());
    const std::string line = log.substr(from, end - from);
    from = end + 1;
    for (const char* const word :
         {"error:", "multiple definition", "undefined reference", "No rule to make", "No space left"}) {
      if (line.find(word) != std::string::npos && !line.starts_with("collect2:")) return line;
    }
    if (first.empty()) first = line;
  }
  return first;
}

std::string why_not_built(const engine::JobResult& result, const SupervisorReport& report,
                          const submission::ChosenProgram& chosen) {
  if (result.out_of_time)
    return fmt::format("{} was still being built after {}", chosen.main, format_duration(build_time));
  if (result.too_much_output) return fmt::format("building {} made more than 64 MiB", chosen.main);
  if (result.exit.out_of_memory || report.out_of_memory_kills > 0) {
    return fmt::format("building {} took more than {}", chosen.main, humanize_bytes(build_memory));
  }
  std::string step = "the build";
  if (report.failed_step && *report.failed_step >= 1 && *report.failed_step <= chosen.build.size()) {
    step = chosen.build[*report.failed_step - 1].front();
  }
  const std::string line = telling_line(result.errors);
  return fmt::format("{} does not build: {} failed{}", chosen.main, step,
                     line.empty() ? "" : ": " + cut_to_width(escape_for_terminal(line), 200));
}

}  // namespace

Preparation prepare_program(const std::filesystem::path& source, const std::filesystem::path& built, plan::Role role,
                            const scenario::Submission& asked, const std::string& label, engine::Engine& engine,
                            Interrupt& interrupt) {
  Preparation preparation;
  const auto choice = submission::choose_program(source, role, asked);
  if (const auto* const none = std::get_if<submission::NoProgram>(&choice)) {
    preparation.refusal = none->hint.empty() ? none->reason : none->reason + "; " + none->hint;
    return preparation;
  }
  const auto& chosen = std::get<submission::ChosenProgram>(choice);
  if (chosen.build.empty()) {
    preparation.program = plan::PreparedProgram{submission::bundle_of(source), chosen.start};
    return preparation;
  }
  const engine::JobResult result = engine.run_job(job_for(chosen, source, label), interrupt);
  const SupervisorReport report = read_supervisor_events(result.events);
  preparation.build_log = result.errors;
  preparation.image = result.image;
  preparation.limits = limits_hit(report, result.exit, build_limits, "build of " + label);
  if (result.out_of_time)
    preparation.limits.push_back({marks::Limit::build_time, "build of " + label, "ended when its time was up"});
  if (result.too_much_output)
    preparation.limits.push_back({marks::Limit::output, "build of " + label, humanize_bytes(output_bytes)});
  if (result.out_of_time || result.too_much_output || result.exit.exit_code != 0) {
    preparation.refusal = why_not_built(result, report, chosen);
    return preparation;
  }
  try {
    create_folders(built);
    submission::unpack_build(result.output, built);
  } catch (const InvalidInput& error) {
    preparation.refusal = fmt::format("the build of {} left what can't be run: {}", chosen.main,
                                      error.diagnostics().empty() ? error.what() : error.diagnostics().front().message);
    return preparation;
  }
  preparation.program = plan::PreparedProgram{submission::bundle_of(built), chosen.start};
  return preparation;
}

}  // namespace echolab::grade

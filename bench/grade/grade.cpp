#include "bench/grade/grade.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <thread>
#include <utility>

#include "bench/core/processor_time.h"
#include "bench/core/programs.h"
#include "bench/core/work_folder.h"
#include "bench/grade/class_of_students.h"
#include "bench/labs/lab.h"
#include "lab/base/error.h"

namespace echolab::bench {

namespace {

constexpr int most_pairs_of_classes = 2;  // a round takes three minutes
constexpr const char* seconds = "seconds";
constexpr const char* rate = "students a minute";

Contestant grader(std::string name, const WorkFolder& folder, int students,
                  std::function<CommandLine(const std::filesystem::path& out)> command) {
  return {name, [name, &folder, students, command = std::move(command)] {
            const auto out = folder / "out";
            const double cpu = busy_cpu_seconds();
            const MeasuredRun run = run_measured(command(out));
            if (run.exit_status != 0) {
              throw EnvironmentError("measure " + name, fmt::format("it ended with status {}", run.exit_status),
                                     "./echolab images makes the images; ./echolab doctor shows what else is missing");
            }
            std::error_code ignored;
            std::filesystem::remove_all(out, ignored);
            return Sample{{{seconds, run.seconds}, {rate, 60 * students / run.seconds}},
                          busy_cpu_seconds() - cpu,
                          run.peak_bytes};
          }};
}

std::vector<Contestant> graders(const Settings& settings, const WorkFolder& folder, const ClassOfStudents& of,
                                int students) {
  const std::string program = settings.program;
  std::vector<Contestant> all;
  for (const char* jobs : {"auto", "1"}) {
    all.push_back(grader(fmt::format("echolab, {} at once", jobs), folder, students,
                         [&of, program, jobs](const auto& out) { return of.graded_by(program, jobs, out); }));
  }
  if (is_installed("docker-compose")) {
    all.push_back(grader("script with docker-compose", folder, students,
                         [&of](const auto& out) { return of.graded_by_script(out); }));
  }
  return all;
}

// No way of grading on this machine takes less: its processors are busy, or the longest job is under way. One student
// alone, who waits for nobody, is the longest job.
Series bound_of(const Series& all_at_once, const Series& one_by_one, int students) {
  Series bound{"CPU over cores, or one job", {}};
  const double cores = std::max(1u, std::thread::hardware_concurrency());
  for (std::size_t i = 0; i < all_at_once.samples.size(); ++i) {
    const double longest = one_by_one.samples[i].figures.at(seconds) / students;
    bound.samples.push_back({{{seconds, std::max(all_at_once.samples[i].cpu_seconds / cores, longest)}}, 0, 0});
  }
  return bound;
}

}  // namespace

Section run_grade(const Settings& settings) {
  const int students = settings.quick ? 2 : 24;
  Section section{
      "grade",
      "A class that handed in the same UDP echo server: built, run in a lab with a capture, judged and marked by "
      "`echolab grade`; started, waited for and taken down by the script, which judges nothing. CPU is that of the "
      "whole "
      "machine. A round takes three minutes, so there are few pairs; a class of two students is the warm-up.",
      {},
      {}};
  if (const std::string why = why_no_docker(); !why.empty()) {
    section.notes.push_back(why);
    return section;
  }
  if (!is_installed("docker-compose")) {
    section.notes.emplace_back("docker-compose is not installed: apt-get install docker-compose");
  }
  const WorkFolder folder(settings.folder);
  const ClassOfStudents two(folder / "two", 2), all(folder / "all", students);
  if (!settings.quick) race("grade: warm-up", graders(settings, folder, two, 2), {0, 1});
  const std::string what = fmt::format("{} students", students);
  const auto raced = race("grade: " + what, graders(settings, folder, all, students),
                          {0, settings.quick ? 1 : settings.rounds(most_pairs_of_classes).pairs});
  const auto goal_of = [&settings](const char* name) {
    return settings.quick ? std::nullopt : std::optional(goal(name));  // so few students fill no machine
  };
  if (raced.size() == 3) {
    section.rows.push_back(compare(what, seconds, raced[0], raced[2], goal_of("grade/script")));
    section.rows.push_back(compare(what, rate, raced[0], raced[2]));
  }
  section.rows.push_back(compare(what, seconds, raced[0], raced[1]));
  section.rows.push_back(
      compare(what, seconds, raced[0], bound_of(raced[0], raced[1], students), goal_of("grade/bound")));
  return section;
}

}  // namespace echolab::bench

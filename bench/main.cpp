// `./echolab bench`: every benchmark, or those that are named, beside what people would use instead.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "bench/core/benchmark.h"
#include "bench/core/page.h"
#include "bench/core/programs.h"
#include "lab/base/error.h"
#include "lab/base/file.h"
#include "lab/base/json.h"
#include "lab/base/text.h"

namespace {

using namespace echolab;

struct Call {
  bench::Settings settings{.folder = "/dev/shm"};
  std::vector<std::string> names;
  std::string json, page;
};

std::string list_of_benchmarks() {
  std::string text = "Benchmarks:\n";
  for (const bench::Benchmark& benchmark : bench::benchmarks()) {
    text += fmt::format("  {:<10}{}\n", benchmark.name, benchmark.question);
  }
  return text +
         "\nExamples:\n"
         "  ./echolab bench --quick                     all of them, before and after a change: three minutes\n"
         "  ./echolab bench echo verify                 two of them, in full\n"
         "  ./echolab bench --page docs/benchmarks.md   the whole table of the documentation: an hour\n";
}

// One that can't go on is said to be so; the others still run.
bench::Section run_or_note(const bench::Benchmark& benchmark, const bench::Settings& settings) {
  try {
    bench::Section section = benchmark.run(settings);
    for (const std::string& repeated : bench::take_repeated_rounds()) {
      section.notes.push_back(escape_for_terminal(repeated));
    }
    return section;
  } catch (const EnvironmentError& error) {
    std::string note = fmt::format("not measured, cannot {}: {}", error.tried(), error.cause());
    if (!error.mend().empty()) note += fmt::format(" (to mend it: {})", error.mend());
    return {std::string(benchmark.name), std::string(benchmark.question), {}, {escape_for_terminal(note)}};
  }
}

std::vector<bench::Section> run(const Call& call) {
  const report::Style style{.colour = ::isatty(STDOUT_FILENO) == 1};
  std::vector<bench::Section> sections;
  for (const bench::Benchmark& benchmark : bench::benchmarks()) {
    const auto& names = call.names;
    if (!names.empty() && std::find(names.begin(), names.end(), benchmark.name) == names.end()) continue;
    const double begin = bench::monotonic_seconds();
    sections.push_back(run_or_note(benchmark, call.settings));
    // What is known is shown at once, and kept: the next one may take long, or fail.
    if (call.json != "-") fmt::print("{}\n", bench::table_of(sections.back(), style));
    std::fflush(stdout);
    fmt::print(stderr, "{}: {:.0f} s\n", benchmark.name, bench::monotonic_seconds() - begin);
    const bench::Machine machine = bench::this_machine();
    if (!call.json.empty() && call.json != "-") {
      write_file_atomically(call.json, bench::json_of(sections, machine).dump(2) + "\n");
    }
    if (!call.page.empty()) write_file_atomically(call.page, bench::page_of(sections, machine));
  }
  if (call.json == "-") fmt::print("{}\n", bench::json_of(sections, bench::this_machine()).dump(2));
  return sections;
}

}  // namespace

int main(int argc, char** argv) {
  Call call;
  CLI::App app("How fast echolab is, beside what people would use instead, in the same run.", "./echolab bench");
  std::vector<std::string> known;
  for (const bench::Benchmark& benchmark : bench::benchmarks()) known.emplace_back(benchmark.name);
  app.footer(list_of_benchmarks());
  app.add_option("NAME", call.names, "which; without one all of them")->check(CLI::IsMember(known));
  app.add_option("--pairs", call.settings.pairs, "runs of each contestant, in turn")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_flag("--quick", call.settings.quick, "few pairs of few cases");
  app.add_option("--json", call.json, "also write the results as JSON; - : to standard output, in place of tables");
  app.add_option("--page", call.page, "also write them as a Markdown page");
  app.add_option("--folder", call.settings.folder,
                 "for files of the runs; in memory, unless the disk is to be measured")
      ->capture_default_str();
  // What the launcher built:
  app.add_option("--program", call.settings.program)->required()->group("");
  app.add_option("--services", call.settings.services)->required()->group("");
  app.add_option("--peers", call.settings.peers)->required()->group("");
  CLI11_PARSE(app, argc, argv);
  try {
    const auto sections = run(call);
    const bool is_short = std::any_of(sections.begin(), sections.end(), [](const bench::Section& section) {
      return std::any_of(section.rows.begin(), section.rows.end(), [](const auto& row) { return row.is_short(); });
    });
    const bool any_missing = std::any_of(sections.begin(), sections.end(),
                                         [](const bench::Section& section) { return section.rows.empty(); });
    if (any_missing) fmt::print(stderr, "a benchmark measured nothing: its note says why\n");
    if (is_short) fmt::print(stderr, "a goal was not reached: the rows that say 'short'\n");
    return any_missing ? 3 : 0;
  } catch (const EnvironmentError& error) {
    fmt::print(stderr, "echolab bench: cannot {}\n  cause: {}\n", error.tried(), error.cause());
    if (!error.mend().empty()) fmt::print(stderr, "  to mend it: {}\n", error.mend());
    return 3;
  }
}

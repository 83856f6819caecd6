#include "bench/scale/many_labs.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <deque>

#include "bench/core/programs.h"
#include "bench/labs/lab.h"
#include "lab/base/error.h"
#include "lab/base/file.h"

namespace echolab::bench {

namespace {

constexpr std::size_t rising_at_once = 4;  // more of them only wait for the processors

constexpr std::size_t nodes_each = 2;

}  // namespace

void add_many_labs(Section& section, const Settings& settings, const WorkFolder& folder, const std::string& engine,
                   std::size_t labs) {
  const auto scenario = folder / "pair.yaml";
  write_file_atomically(scenario, standing_lab(nodes_each));
  fmt::print(stderr, "scale: {} labs at once, {}\n", labs, engine);
  const double begin = monotonic_seconds();
  std::deque<Program> running;
  std::vector<double> risen;
  const auto wait_for_next = [&] {
    Program& lab = running[risen.size()];
    if (!lab.wait_for(lab_is_up)) throw EnvironmentError("bring up a lab among others", lab.said(), "");
    risen.push_back(monotonic_seconds());
  };
  for (std::size_t i = 0; i < labs; ++i) {
    running.emplace_back(run_command(settings, engine, folder / fmt::format("{}-{}", engine, i), scenario),
                         Program::Read::errors);
    if (running.size() - risen.size() == rising_at_once) wait_for_next();
  }
  while (risen.size() < labs) wait_for_next();
  const double up = monotonic_seconds() - begin;

  for (const Program& lab : running) ::kill(lab.pid(), SIGINT);
  for (Program& lab : running) lab.end();
  const double down = monotonic_seconds() - begin - up;

  const std::string what = fmt::format("{} labs of {} nodes at once, {}", labs, nodes_each, engine);
  section.rows.push_back(fact(what, "networks up", static_cast<double>(risen.size()),
                              labs >= 100 ? std::optional(goal("scale/lab-networks")) : std::nullopt));
  section.rows.push_back(fact(what, "up, s", up));
  section.rows.push_back(fact(what, "down, s", down));
  // Not to the first tenth, which began when nothing was under way.
  const std::size_t tenth = std::max<std::size_t>(labs / 10, 1);
  const double second = risen[2 * tenth - 1] - risen[tenth - 1], last = risen[labs - 1] - risen[labs - 1 - tenth];
  section.rows.push_back(fact(what, "time of the last tenth to the second", last / second));
}

}  // namespace echolab::bench

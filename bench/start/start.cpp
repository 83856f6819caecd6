#include "bench/start/start.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "bench/core/work_folder.h"
#include "bench/labs/lab.h"
#include "bench/start/standing.h"

namespace echolab::bench {

namespace {

constexpr int most_pairs_of_50 = 6;            // containers: most of a minute a round, with all four
constexpr int most_pairs_of_100 = 3;           // more than a minute
constexpr int most_pairs_of_mininet_1000 = 1;  // a minute
constexpr int most_pairs_of_mininet_200 = 4;   // a quarter of a minute
constexpr int most_pairs_of_docker_200 = 1;    // a minute

// How many calls in flight bring containers up fastest on this machine.
std::size_t best_in_flight(const Settings& settings) {
  constexpr std::array<std::size_t, 4> candidates{2, 4, 8, 16};
  constexpr std::size_t usual = 8;
  if (settings.quick) return usual;
  std::vector<Contestant> contestants;
  for (const std::size_t in_flight : candidates) contestants.push_back(docker_floor(settings, 20, in_flight));
  const auto raced = race("start: the daemon alone, 2 to 16 calls in flight", contestants, settings.rounds(3));
  std::size_t best = 0;
  for (std::size_t i = 1; i < raced.size(); ++i) {
    if (median(raced[i].values(standing::up)) < median(raced[best].values(standing::up))) best = i;
  }
  return candidates[best];
}

void add_docker(Section& section, const Settings& settings, const WorkFolder& folder) {
  if (const std::string why = why_no_docker(); !why.empty()) {
    section.notes.push_back(why);
    return;
  }
  const std::string no_compose = why_no_compose();
  if (!no_compose.empty()) section.notes.push_back(no_compose);
  const std::size_t in_flight = best_in_flight(settings);
  if (!settings.quick) {
    section.notes.push_back(fmt::format("the daemon alone: {} calls in flight, the best of 2, 4, 8, 16", in_flight));
  }
  const std::vector<std::size_t> sizes =
      settings.quick ? std::vector<std::size_t>{10} : std::vector<std::size_t>{2, 10, 50, 100};
  for (const std::size_t nodes : sizes) {
    const std::string what = fmt::format("Docker, {} containers", nodes);
    const bool is_judged = nodes >= 50;  // below, the capture's own start is no small part
    const auto goal_at = [is_judged](const char* name) { return is_judged ? std::optional(goal(name)) : std::nullopt; };
    std::vector<Contestant> contestants{our_lab(settings, folder, "docker", nodes),
                                        docker_floor(settings, nodes, in_flight)};
    if (no_compose.empty()) {
      contestants.push_back(docker_compose(folder, nodes));
      if (nodes == 50) contestants.push_back(our_groups(settings, folder, 5, 10));
    }
    const int most_pairs = nodes >= 100 ? most_pairs_of_100 : nodes >= 50 ? most_pairs_of_50 : 1000;
    const auto raced = race("start: " + what, contestants, settings.rounds(most_pairs));
    section.rows.push_back(compare(what, standing::up, raced[0], raced[1], goal_at("start/docker/floor")));
    section.rows.push_back(compare(what, standing::down, raced[0], raced[1]));
    if (raced.size() < 3) continue;
    section.rows.push_back(compare(what, standing::up, raced[0], raced[2], goal_at("start/docker/compose-up")));
    section.rows.push_back(compare(what, standing::down, raced[0], raced[2], goal_at("start/docker/compose-down")));
    if (raced.size() < 4) continue;
    section.rows.push_back(
        compare("Docker, 50 clients in 5 containers", standing::up, raced[3], raced[2], goal("start/docker/fan-out")));
  }
}

void add_beside_mininet(Section& section, const Settings& settings, const WorkFolder& folder) {
  const std::string no_mininet = why_no_mininet();
  if (!no_mininet.empty()) section.notes.push_back(no_mininet);
  const std::vector<std::size_t> sizes =
      settings.quick ? std::vector<std::size_t>{20} : std::vector<std::size_t>{2, 20, 200, 1000};
  for (const std::size_t nodes : sizes) {
    const std::string what = fmt::format("local, {} nodes", nodes);
    std::vector<Contestant> contestants{our_lab(settings, folder, "local", nodes)};
    if (no_mininet.empty()) contestants.push_back(mininet(folder, nodes));
    const int most_pairs = nodes >= 1000 ? most_pairs_of_mininet_1000 : nodes >= 200 ? most_pairs_of_mininet_200 : 1000;
    const auto raced = race("start: " + what, contestants, settings.rounds(most_pairs));
    const bool is_judged = nodes == 200;
    const auto goal_at = [is_judged](const char* name) { return is_judged ? std::optional(goal(name)) : std::nullopt; };
    section.rows.push_back(state(what, standing::up_per_node, raced[0], goal_at("start/local/up-per-node-ms")));
    section.rows.push_back(state(what, standing::down_per_node, raced[0], goal_at("start/local/down-per-node-ms")));
    if (raced.size() < 2) continue;
    section.rows.push_back(compare(what, standing::both, raced[0], raced[1], goal_at("start/local/mininet")));
    section.rows.push_back(compare(what, standing::freed, raced[0], raced[1]));
  }
}

// The same lab in namespaces of this machine and in containers.
void add_both_engines(Section& section, const Settings& settings, const WorkFolder& folder) {
  if (!why_no_docker().empty()) return;  // said already
  const std::vector<std::size_t> sizes =
      settings.quick ? std::vector<std::size_t>{2} : std::vector<std::size_t>{2, 20, 200};
  for (const std::size_t nodes : sizes) {
    const std::string what = fmt::format("local, {} nodes", nodes);
    Contestant docker = our_lab(settings, folder, "docker", nodes);
    docker.name = "echolab on Docker";
    const auto raced = race("start: " + what + " beside Docker", {our_lab(settings, folder, "local", nodes), docker},
                            settings.rounds(nodes >= 200 ? most_pairs_of_docker_200 : 1000));
    section.rows.push_back(compare(what, standing::up_per_node, raced[0], raced[1]));
    section.rows.push_back(compare(what, standing::down_per_node, raced[0], raced[1]));
  }
}

void add_growth(Section& section, const Settings& settings, const WorkFolder& folder) {
  const std::size_t many = settings.quick ? 200 : 1000;
  Contestant large = our_lab(settings, folder, "local", many), small = our_lab(settings, folder, "local", 20);
  large.name = fmt::format("echolab, {} nodes", many);
  small.name = "echolab, 20 nodes";
  const auto raced = race("start: " + large.name, {large, small}, settings.rounds());
  section.rows.push_back(compare(fmt::format("local, a node of {} beside one of 20", many), standing::both_per_node,
                                 raced[0], raced[1],
                                 settings.quick ? std::nullopt : std::optional(goal("start/local/growth"))));
}

}  // namespace

Section run_start(const Settings& settings) {
  const WorkFolder folder(settings.folder);
  Section section{
      "start",
      "up: from the command until all nodes are ready and the capture is proven; of the daemon alone, until every "
      "container is started, without capture or lab logic; of docker-compose, until `up -d` returned; of Mininet, "
      "until "
      "its hosts are there, without programs. down: until everything is gone and, with ours, seen to be gone. freed: "
      "until the kernel also took the last network namespace apart, for which nobody waits. Seconds; CPU is that of "
      "the whole machine. 50 containers and more, and 200 hosts of Mininet and more, take up to a minute a round, so "
      "there are fewer pairs.",
      {},
      {}};
  add_docker(section, settings, folder);
  add_beside_mininet(section, settings, folder);
  add_both_engines(section, settings, folder);
  add_growth(section, settings, folder);
  return section;
}

}  // namespace echolab::bench

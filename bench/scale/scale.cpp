#include "bench/scale/scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "bench/core/work_folder.h"
#include "bench/labs/lab.h"
#include "bench/scale/many_labs.h"
#include "bench/start/standing.h"

namespace echolab::bench {

namespace {

constexpr int most_pairs_of_200 = 2;  // 200 containers and 20 take a minute

constexpr std::size_t judged_nodes = 200;

// Peak memory of the controller, beside what it may have for so many nodes.
Row memory_of(const std::string& what, std::size_t nodes, std::uint64_t peak_bytes) {
  const double allowed = (20.0 * 1024 + 20.0 * static_cast<double>(nodes)) * 1024;
  Row row = fact(what, "controller's memory, of 20 MiB + 20 KiB a node", static_cast<double>(peak_bytes) / allowed,
                 nodes >= judged_nodes ? std::optional(goal("scale/controller-memory")) : std::nullopt);
  row.our_peak_bytes = peak_bytes;
  return row;
}

void add_growth_on_docker(Section& section, const Settings& settings, const WorkFolder& folder) {
  const std::size_t many = settings.quick ? 20 : 200, few = settings.quick ? 5 : 20;
  const auto contestant = [&](std::size_t nodes) {
    Contestant lab = our_lab(settings, folder, "docker", nodes);
    lab.name = fmt::format("echolab, {} containers", nodes);
    return lab;
  };
  const int pairs = settings.quick ? 1 : settings.rounds(most_pairs_of_200).pairs;
  const auto raced =
      race(fmt::format("scale: {} and {} containers", many, few), {contestant(many), contestant(few)}, {0, pairs});
  section.rows.push_back(compare(fmt::format("Docker, a container of {} beside one of {}", many, few),
                                 standing::up_per_node, raced[0], raced[1],
                                 settings.quick ? std::nullopt : std::optional(goal("scale/start-growth"))));
  section.rows.push_back(memory_of(fmt::format("Docker, {} containers", many), many, raced[0].peak_bytes()));
}

}  // namespace

Section run_scale(const Settings& settings) {
  const WorkFolder folder(settings.folder);
  Section section{
      "scale",
      "Whether a container of 200 takes longer to start than one of 20, how many labs stand at once, each a run of its "
      "own with its own network and capture, and how much memory the controller needs at its peak. 200 containers "
      "take a minute up and down, so there are few pairs.",
      {},
      {}};
  const std::string no_docker = why_no_docker();
  if (no_docker.empty()) {
    add_growth_on_docker(section, settings, folder);
  } else {
    section.notes.push_back(no_docker);
  }
  for (const std::size_t nodes : {std::size_t{200}, std::size_t{1000}}) {
    if (settings.quick && nodes > 200) continue;
    const std::string what = fmt::format("local, {} nodes", nodes);
    const auto raced = race("scale: " + what, {our_lab(settings, folder, "local", nodes)}, {0, 1});
    section.rows.push_back(memory_of(what, nodes, raced[0].peak_bytes()));
  }
  add_many_labs(section, settings, folder, "local", settings.quick ? 10 : 100);
  if (no_docker.empty() && !settings.quick) add_many_labs(section, settings, folder, "docker", 100);
  return section;
}

}  // namespace echolab::bench

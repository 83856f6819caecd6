#pragma once
// Contestants that bring so many nodes up, keep them for a moment and take them away again.

#include <cstddef>
#include <string>

#include "bench/core/benchmark.h"
#include "bench/core/race.h"
#include "bench/core/work_folder.h"

namespace echolab::bench {

// Figures of their samples, in seconds but for the last three, which are milliseconds for each node. Processor time is
// that of the whole machine, since daemons do most of the work; memory is that of the program that was called.
namespace standing {
constexpr const char* up = "up";        // from the command until everything is ready (ours: and its capture proven)
constexpr const char* down = "down";    // from being told so until everything is gone and the program ended
constexpr const char* freed = "freed";  // from the same moment until the kernel has no network namespace of it left
constexpr const char* both = "up and down";
constexpr const char* up_per_node = "up, ms a node";
constexpr const char* down_per_node = "down, ms a node";
constexpr const char* both_per_node = "up and down, ms a node";
}  // namespace standing

// `echolab run` of standing_lab(nodes), ended by SIGINT. Its files go to `folder`, which outlives the contestant.
Contestant our_lab(const Settings& settings, const WorkFolder& folder, const std::string& engine, std::size_t nodes);
// So many clients in so few containers.
Contestant our_groups(const Settings& settings, const WorkFolder& folder, std::size_t containers,
                      std::size_t clients_each);
// The same number of hosts on Linux bridges; up when net.start() returned.
Contestant mininet(const WorkFolder& folder, std::size_t nodes);
// The daemon alone: bench/peers/docker_floor.
Contestant docker_floor(const Settings& settings, std::size_t nodes, std::size_t in_flight);
// docker-compose up -d and down, of containers with the same programs and limits.
Contestant docker_compose(const WorkFolder& folder, std::size_t nodes);

// Why a peer can't take part, with the command that mends it; "" when it can.
std::string why_no_mininet();
std::string why_no_compose();

}  // namespace echolab::bench

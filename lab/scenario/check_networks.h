#pragma once
// Networks as written → networks that can exist: families, subnets, sizes.

#include <vector>

#include "lab/scenario/mistakes.h"
#include "lab/scenario/reader.h"
#include "lab/scenario/scenario.h"

namespace echolab::scenario {

// The subnets of one network, checked on their own.
void read_subnets(const Reader& reader, Network& network, Mistakes& mistakes);
// What shows only when everything is known. `readers` belong to `scenario.networks`, index by index; clients_readers
// to scenario.clients.
void check_networks(const Scenario& scenario, const std::vector<Reader>& readers,
                    const std::vector<Reader>& client_readers, Mistakes& mistakes);

// Nodes on a network of the scenario.
std::size_t node_count(const Scenario& scenario, std::size_t network);
// More on one Linux bridge (1,024 ports, trouble from about 1,000) is refused.
constexpr std::size_t max_nodes_per_network = 900;

}  // namespace echolab::scenario

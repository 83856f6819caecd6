#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lab/plan/plan.h"

namespace echolab::engine {

// What every node of a network finds in its /etc/hosts: the network's nodes. In a large lab only its servers, because
// the list is in every node.
std::vector<std::pair<std::string, IpAddress>> names_on_network(const plan::Plan& plan, std::size_t network);

}  // namespace echolab::engine

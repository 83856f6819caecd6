#pragma once
// What of a plan this machine's kernel may not hold, said before anything is started.

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "lab/plan/plan.h"

namespace echolab::engine {

// Pairs of nodes that talk to each other: each takes two entries of the machine's one neighbour table.
std::size_t neighbour_entries(const plan::Plan& plan);
// gc_thresh3 of IPv4; Linux's own 1,024 where the kernel does not tell.
std::size_t neighbour_table_size(const std::filesystem::path& settings = "/proc/sys");
// Less than half of the table is for others: the nodes are better told their neighbours than made to ask.
bool crowds_neighbour_table(const plan::Plan& plan, std::size_t table_size);

// A sentence for each limit that the plan comes near, with the number and the switch that mends it.
std::vector<std::string> predict_limits(const plan::Plan& plan, const std::filesystem::path& settings = "/proc/sys");

}  // namespace echolab::engine

#pragma once
// Labs of ours that benchmarks bring up: scenarios whose clients are ready, send one message and then wait, so that a lab
// stands until it is told to end.

#include <cstddef>
#include <filesystem>
#include <string>

#include "bench/core/benchmark.h"
#include "bench/core/programs.h"

namespace echolab::bench {

constexpr std::size_t most_per_network = 500;  // a Linux bridge misbehaves near 1,000 ports
// `echolab run` says so on its standard error when all nodes are ready and the capture is proven.
constexpr std::string_view lab_is_up = "clients are running";

// One UDP server on each network, the other nodes are clients. On as many networks as they need.
std::string standing_lab(std::size_t nodes);
// One server and so many client containers, each of them with so many clients.
std::string standing_lab_of_groups(std::size_t containers, std::size_t clients_each);

CommandLine run_command(const Settings& settings, const std::string& engine, const std::filesystem::path& out,
                        const std::filesystem::path& scenario);

// Why no lab can run on Docker, with the command that mends it; "" when one can.
std::string why_no_docker();

}  // namespace echolab::bench

#pragma once
// What a person reads in Wireshark about where a capture comes from.

#include <string>
#include <vector>

#include "lab/artifacts/run_folder.h"
#include "lab/capture/pcapng_writer.h"
#include "lab/plan/plan.h"

namespace echolab::evidence {

// Scenario, its hash, seed, run and version as comments; `further` comes after them.
capture::SectionDescription describe_section(const plan::Plan& plan, const artifacts::EngineRecord& engine,
                                             std::vector<std::string> further = {});
capture::InterfaceDescription describe_interface(const plan::Network& network, std::uint16_t link_type,
                                                 std::uint32_t snaplen);
// One record per address of the node.
void add_names_of(const plan::Node& node, std::vector<capture::NameRecord>& names);

}  // namespace echolab::evidence

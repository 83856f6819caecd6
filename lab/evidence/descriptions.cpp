#include "lab/evidence/descriptions.h"

#include <fmt/format.h>

namespace echolab::evidence {

capture::SectionDescription describe_section(const plan::Plan& plan, const artifacts::EngineRecord& engine,
                                             std::vector<std::string> further) {
  capture::SectionDescription section;
  section.comments = {
      fmt::format("Scenario: {}", plan.scenario_name),
      fmt::format("Scenario SHA-256: {}", plan.scenario_sha256),
      fmt::format("Seed: {}", plan.seed),
      fmt::format("Run: {}", plan.run_id),
      "Written by echolab " ECHOLAB_VERSION,
  };
  for (std::string& comment : further) section.comments.push_back(std::move(comment));
  section.os = engine.host;
  section.application = "echolab " ECHOLAB_VERSION;
  return section;
}

capture::InterfaceDescription describe_interface(const plan::Network& network, std::uint16_t link_type,
                                                 std::uint32_t snaplen) {
  capture::InterfaceDescription interface;
  interface.name = network.name;
  interface.description = fmt::format("network {}", network.name);
  for (const auto& subnet : {network.subnet4, network.subnet6}) {
    if (subnet) interface.description += ", " + subnet->to_string();
  }
  interface.link_type = link_type;
  interface.snaplen = snaplen;
  return interface;
}

void add_names_of(const plan::Node& node, std::vector<capture::NameRecord>& names) {
  for (const auto& address : {node.address4, node.address6}) {
    if (address) names.push_back({*address, node.name});
  }
}

}  // namespace echolab::evidence

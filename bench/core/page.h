#pragma once
// Results for a terminal, for programs and as a page: formatting only.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "bench/core/machine.h"
#include "bench/core/results.h"
#include "lab/report/table.h"

namespace echolab::bench {

std::string table_of(const Section& section, const report::Style& style);
nlohmann::ordered_json json_of(const std::vector<Section>& sections, const Machine& machine);
std::string page_of(const std::vector<Section>& sections, const Machine& machine);  // docs/benchmarks.md

}  // namespace echolab::bench

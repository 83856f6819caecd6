// Any bytes as a scenario file: a scenario or located mistakes, and a plan that survives its own JSON. Nothing else.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "lab/base/diagnostic.h"
#include "lab/base/error.h"
#include "lab/plan/make_plan.h"
#include "lab/scenario/load.h"

using namespace echolab;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

bool is_small(const scenario::Scenario& scenario) {
  std::uint64_t clients = 0;
  for (const auto& group : scenario.clients) clients += std::uint64_t{group.containers} * group.clients_per_container;
  return clients <= 100;  // larger plans only cost time
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    const scenario::Scenario scenario = scenario::load_text("fuzz.yaml", text);
    if (!is_small(scenario)) return 0;
    const plan::Plan plan = plan::make_plan(scenario, {"20261122T221530Z-7f3a91", {}});
    require(plan::from_json(plan::to_json(plan)) == plan);
    for (const plan::Exchange& exchange : plan.exchanges) {
      require(plan::payload_size(exchange.payload, exchange.client, 1) ==
              plan::payload_of(exchange.payload, exchange.client, 1).size());
    }
  } catch (const InvalidInput& error) {
    require(!error.diagnostics().empty());
    require(!render(error.file(), error.source(), error.diagnostics()).empty());
  } catch (const EnvironmentError&) {
    // A scenario may ask for more subnets than there are.
  }
  return 0;
}

#include "lab/engine/local/local_engine.h"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>
#include <set>

#include "lab/engine/local/local_lab.h"
#include "lab/engine/local/readiness.h"

namespace echolab::engine {

namespace {

// Every client and its server learn each other, in one table for the whole machine; below half of it there is room for
// everybody else's. A machine that does not tell its limit is taken to have Linux's own.
bool crowds_the_neighbour_table(const plan::Plan& plan) {
  std::ifstream file("/proc/sys/net/ipv4/neigh/default/gc_thresh3");
  std::size_t limit = 1024;
  file >> limit;
  std::set<std::pair<std::size_t, std::size_t>> pairs;
  for (const auto& exchange : plan.exchanges) pairs.emplace(exchange.client_node, exchange.server_node);
  return 2 * pairs.size() > limit / 2;
}

class LocalEngine final : public Engine {
 public:
  explicit LocalEngine(LocalOptions options) : options_(std::move(options)) {}

  std::string_view name() const override { return "local"; }
  Capabilities capabilities() const override { return {.capture = true}; }
  std::vector<ReadinessItem> check_ready() override { return local::check_machine(options_.services); }
  // A lab's network namespace has routes of its own alone.
  std::vector<Prefix> occupied_prefixes() override { return {}; }

  artifacts::EngineRecord run(const RunContext& context) override {
    artifacts::EngineRecord record;
    record.engine = "local";
    record.version = ECHOLAB_VERSION;
    utsname host{};
    if (::uname(&host) == 0) record.host = fmt::format("Linux {} {}", host.release, host.machine);
    const auto services = local::find_services(options_.services);
    local::LabSpec spec{context.plan, local::choose_programs(context.plan, services), services / "capture-agent",
                        ::geteuid() == 0};
    if (context.plan.captures.empty()) spec.capture_agent.clear();
    spec.tells_neighbours = crowds_the_neighbour_table(context.plan);
    if (spec.tells_neighbours) {
      context.observer.step("telling nodes their neighbours: there are more than this machine's table would hold");
    }
    return local::LocalLab(context, std::move(record), std::move(spec)).run();
  }

  // The kernel removes a lab with its first process, and that dies with the controller.
  CleanupSummary remove_leftovers(CleanupScope) override { return {}; }

 private:
  LocalOptions options_;
};

}  // namespace

std::unique_ptr<Engine> make_local_engine(LocalOptions options) {
  return std::make_unique<LocalEngine>(std::move(options));
}

}  // namespace echolab::engine

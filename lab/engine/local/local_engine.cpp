#include "lab/engine/local/local_engine.h"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "lab/engine/local/local_job.h"
#include "lab/engine/local/local_lab.h"
#include "lab/engine/local/readiness.h"
#include "lab/engine/machine_limits.h"

namespace echolab::engine {

namespace {

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
    spec.tells_neighbours = crowds_neighbour_table(context.plan, neighbour_table_size());
    if (spec.tells_neighbours) {
      context.observer.step("telling nodes their neighbours: there are more than this machine's table would hold");
    }
    return local::LocalLab(context, std::move(record), std::move(spec)).run();
  }

  JobResult run_job(const Job& job, Interrupt& interrupt) override {
    return local::run_local_job(job, local::find_services(options_.services), ::geteuid() == 0, interrupt);
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

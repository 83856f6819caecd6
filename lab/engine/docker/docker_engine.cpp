#include "lab/engine/docker/docker_engine.h"

#include <fmt/format.h>

#include "lab/docker_api/system.h"
#include "lab/engine/docker/docker_lab.h"
#include "lab/engine/docker/host_routes.h"
#include "lab/engine/docker/job_container.h"
#include "lab/engine/docker/leftovers.h"
#include "lab/engine/docker/readiness.h"

namespace echolab::engine::docker {

namespace {

class DockerEngine final : public Engine {
 public:
  explicit DockerEngine(DockerOptions options)
      : options_(std::move(options)), client_(docker_api::resolve_endpoint(options_.endpoint)) {}

  std::string_view name() const override { return "docker"; }
  Capabilities capabilities() const override { return {.capture = true, .builds_images = true, .sandbox = true}; }
  std::vector<ReadinessItem> check_ready() override { return check_engine(client_, options_); }

  std::vector<Prefix> occupied_prefixes() override {
    connect();
    std::vector<Prefix> occupied;
    if (client_.endpoint().is_local()) occupied = host_routes();
    const auto networks = client_
                              .await<std::vector<docker_api::NetworkInfo>>(
                                  [&](docker_api::Callback<std::vector<docker_api::NetworkInfo>> done) {
                                    docker_api::list_networks(client_, "", std::move(done));
                                  })
                              .take();
    for (const auto& network : networks) {
      for (const auto& subnet : network.subnets) {
        if (const auto prefix = Prefix::parse(subnet.subnet)) occupied.push_back(*prefix);
      }
    }
    return occupied;
  }

  artifacts::EngineRecord run(const RunContext& context) override {
    // A client of its own: its answers call back into the run, and none may come after the run is gone.
    docker_api::Client client(docker_api::resolve_endpoint(options_.endpoint));
    client.negotiate();
    const auto info = client
                          .await<docker_api::SystemInfo>([&](docker_api::Callback<docker_api::SystemInfo> done) {
                            docker_api::system_info(client, std::move(done));
                          })
                          .take();
    artifacts::EngineRecord record;
    record.engine = "docker";
    record.version = fmt::format("{} (API {})", info.version, client.version().to_string());
    record.host = fmt::format("Linux {} {}", info.kernel, info.architecture);
    // Starting is mostly the engine's processor time; two per processor keep it busy while runc waits for the
    // kernel.
    const std::size_t processors = static_cast<std::size_t>(std::max(info.cpus, 1));
    DockerLab lab(client, options_, context, std::move(record),
                  options_.start_window > 0 ? options_.start_window : 2 * processors);
    return lab.run();
  }

  JobResult run_job(const Job& job, Interrupt& interrupt) override {
    docker_api::Client client(docker_api::resolve_endpoint(options_.endpoint));
    client.negotiate();
    return run_job_container(client, options_, job, interrupt);
  }

  CleanupSummary remove_leftovers(CleanupScope scope) override {
    connect();
    return remove_labelled(client_, label_run, scope);
  }

 private:
  void connect() {
    if (connected_) return;
    client_.negotiate();
    connected_ = true;
  }

  DockerOptions options_;
  docker_api::Client client_;
  bool connected_ = false;
};

}  // namespace

}  // namespace echolab::engine::docker

namespace echolab::engine {

std::unique_ptr<Engine> make_docker_engine(const docker::DockerOptions& options) {
  return std::make_unique<docker::DockerEngine>(options);
}

}  // namespace echolab::engine

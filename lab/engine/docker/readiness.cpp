#include "lab/engine/docker/readiness.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "lab/base/error.h"
#include "lab/docker_api/containers.h"
#include "lab/docker_api/images.h"
#include "lab/docker_api/system.h"
#include "lab/engine/docker/owner.h"

namespace echolab::engine::docker {

namespace {

using docker_api::Callback;
using State = ReadinessItem::State;

ReadinessItem check_image(docker_api::Client& client, const std::string& reference, State without) {
  auto reply = client.await<std::string>(
      [&](Callback<std::string> done) { docker_api::inspect_image(client, reference, std::move(done)); });
  if (reply) return {State::good, "image " + reference, reply.take().substr(0, 19), ""};
  return {without, "image " + reference, reply.error().message, "./echolab images"};
}

ReadinessItem check_leftovers(docker_api::Client& client) {
  const auto containers =
      client
          .await<std::vector<docker_api::ContainerInfo>>([&](Callback<std::vector<docker_api::ContainerInfo>> done) {
            docker_api::list_containers(client, label_run, std::move(done));
          })
          .take();
  const auto networks =
      client
          .await<std::vector<docker_api::NetworkInfo>>([&](Callback<std::vector<docker_api::NetworkInfo>> done) {
            docker_api::list_networks(client, label_run, std::move(done));
          })
          .take();
  const auto images =
      client
          .await<std::vector<docker_api::ImageInfo>>([&](Callback<std::vector<docker_api::ImageInfo>> done) {
            docker_api::list_images(client, label_run, std::move(done));
          })
          .take();
  std::size_t dead = 0;
  const auto count = [&dead, same_host = client.endpoint().is_local()](const docker_api::Labels& labels) {
    const auto found = labels.find(label_owner);
    const auto owner = found == labels.end() ? std::nullopt : Owner::parse(found->second);
    if (owner && !owner->alive(same_host)) ++dead;
  };
  for (const auto& container : containers) count(container.labels);
  for (const auto& network : networks) count(network.labels);
  for (const auto& image : images) count(image.labels);
  if (dead == 0) return {State::good, "left behind by killed runs", "nothing", ""};
  return {State::warning, "left behind by killed runs", fmt::format("{} objects", dead), "echolab clean"};
}

// Every node's neighbours share one table per host; above gc_thresh3 the kernel refuses to learn more.
ReadinessItem check_neighbours() {
  std::ifstream file("/proc/sys/net/ipv4/neigh/default/gc_thresh3");
  long limit = 0;
  file >> limit;
  constexpr long wanted = 1024;
  if (limit == 0 || limit >= wanted)
    return {State::good, "neighbour table", limit == 0 ? "unknown" : fmt::format("{} entries", limit), ""};
  return {State::warning, "neighbour table", fmt::format("{} entries: too few for a hundred nodes", limit),
          "sysctl -w net.ipv4.neigh.default.gc_thresh3=8192"};
}

ReadinessItem check_limits(const docker_api::SystemInfo& info) {
  std::string lacking;
  for (const auto& [has, name] :
       {std::pair(info.memory_limit, "memory"), {info.pids_limit, "processes"}, {info.cpu_limit, "CPU"}}) {
    if (!has) lacking += (lacking.empty() ? "" : ", ") + std::string(name);
  }
  const std::string cgroup =
      fmt::format("cgroup v{}, {}", info.cgroup_version.empty() ? "1" : info.cgroup_version, info.cgroup_driver);
  if (lacking.empty()) return {State::good, "limits per container", cgroup, ""};
  return {State::warning, "limits per container", cgroup + "; none on " + lacking,
          "boot with cgroup_enable=memory, or don't run programs that you don't trust"};
}

}  // namespace

std::vector<ReadinessItem> check_engine(docker_api::Client& client, const DockerOptions& options) {
  std::vector<ReadinessItem> items;
  try {
    client.negotiate();
    const auto info = client
                          .await<docker_api::SystemInfo>([&](Callback<docker_api::SystemInfo> done) {
                            docker_api::system_info(client, std::move(done));
                          })
                          .take();
    items.push_back({State::good, "Docker engine",
                     fmt::format("{}, API {}, {} ({})", info.version, client.version().to_string(),
                                 client.endpoint().address, client.endpoint().chosen_by),
                     ""});
    items.push_back({State::good, "engine's host",
                     fmt::format("{}, kernel {}, {}, {} processors", info.operating_system, info.kernel,
                                 info.architecture, info.cpus),
                     ""});
    items.push_back({info.storage_driver == "vfs" ? State::warning : State::good, "storage driver", info.storage_driver,
                     info.storage_driver == "vfs" ? "use overlay2: vfs copies the whole image for every node" : ""});
    items.push_back(check_limits(info));
    const bool seccomp = std::any_of(info.security.begin(), info.security.end(),
                                     [](const auto& option) { return option.find("seccomp") != std::string::npos; });
    items.push_back({seccomp ? State::good : State::warning, "seccomp", seccomp ? "on" : "off",
                     seccomp ? "" : "don't run programs that you don't trust on this engine"});
    const bool remapped = std::any_of(info.security.begin(), info.security.end(),
                                      [](const auto& option) { return option.find("userns") != std::string::npos; });
    if (remapped) {
      items.push_back({State::warning, "user namespace", "on: the users of programs that were handed in don't fit",
                       "to grade, use an engine without userns-remap"});
    }
    items.push_back(check_image(client, options.capture_image, State::broken));
    items.push_back(check_image(client, "echolab/echo-server", State::broken));
    items.push_back(check_image(client, "echolab/echo-client", State::broken));
    items.push_back(check_image(client, options.runner_image, State::warning));
    items.push_back(check_leftovers(client));
    if (client.endpoint().is_local()) items.push_back(check_neighbours());
  } catch (const EnvironmentError& error) {
    items.push_back({State::broken, "Docker engine", error.what(), error.mend()});
  }
  return items;
}

}  // namespace echolab::engine::docker

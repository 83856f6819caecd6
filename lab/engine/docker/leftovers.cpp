#include "lab/engine/docker/leftovers.h"

#include <fmt/format.h>

#include <functional>
#include <utility>
#include <vector>

#include "lab/docker_api/containers.h"
#include "lab/docker_api/networks.h"
#include "lab/engine/docker/owner.h"
#include "lab/engine/docker/window.h"

namespace echolab::engine::docker {

namespace {

constexpr std::size_t removed_at_once = 16;
constexpr int most_tries = 3;

bool in_scope(const docker_api::Labels& labels, CleanupScope scope, bool same_host) {
  if (scope == CleanupScope::all) return true;
  const auto found = labels.find(label_owner);
  const auto owner = found == labels.end() ? std::nullopt : Owner::parse(found->second);
  // An owner label that we cannot read is not ours to judge.
  return owner && !owner->alive(same_host);
}

struct Object {
  std::string id, what;  // "container echolab-…-client-1"
};

template <class Info>
std::vector<Object> choose(const std::vector<Info>& all, const char* kind, CleanupScope scope, bool same_host,
                           CleanupSummary& summary) {
  std::vector<Object> chosen;
  for (const Info& info : all) {
    const std::string name = info.name.starts_with('/') ? info.name.substr(1) : info.name;
    const std::string what = fmt::format("{} {}", kind, name);
    if (in_scope(info.labels, scope, same_host)) {
      chosen.push_back({info.id, what});
    } else {
      summary.kept.push_back(what + ": its run is alive, or cannot be seen from here");
    }
  }
  return chosen;
}

using Remove = void (*)(docker_api::Client&, const std::string&, docker_api::Callback<docker_api::Nothing>);

// Those that could not be removed stay in the result, with the last error.
std::vector<std::pair<Object, docker_api::ApiError>> remove_all(docker_api::Client& client, const Remove remove,
                                                                const std::vector<Object>& objects,
                                                                CleanupSummary& summary) {
  std::vector<std::pair<Object, docker_api::ApiError>> failed;
  run_window(client, objects.size(), removed_at_once, [&](std::size_t index, std::function<void()> done) {
    remove(client, objects[index].id, [&, index, done](docker_api::Reply<docker_api::Nothing> reply) {
      // 404: gone; 409 on a container: its removal is under way.
      if (reply || reply.error().status == 404 ||
          reply.error().message.find("already in progress") != std::string::npos) {
        summary.removed.push_back(objects[index].what);
      } else {
        failed.emplace_back(objects[index], reply.error());
      }
      done();
    });
  });
  return failed;
}

// Endpoints of containers that died with the daemon keep a network from going away.
void disconnect_everything(docker_api::Client& client, const std::string& network) {
  auto info = client.await<docker_api::NetworkInfo>(
      [&](docker_api::Callback<docker_api::NetworkInfo> done) { docker_api::inspect_network(client, network, done); });
  if (!info) return;
  for (const auto& container : info.value().containers) {
    client.await<docker_api::Nothing>([&](docker_api::Callback<docker_api::Nothing> done) {
      docker_api::disconnect_network(client, network, container, done);
    });
  }
}

}  // namespace

CleanupSummary remove_labelled(docker_api::Client& client, const std::string& label, CleanupScope scope) {
  using namespace docker_api;
  CleanupSummary summary;
  const auto containers = client
                              .await<std::vector<ContainerInfo>>([&](Callback<std::vector<ContainerInfo>> done) {
                                list_containers(client, label, std::move(done));
                              })
                              .take();
  auto left = choose(containers, "container", scope, client.endpoint().is_local(), summary);
  auto failed = remove_all(client, remove_container, left, summary);
  for (const auto& [object, error] : failed) summary.failed.push_back(object.what + ": " + error.message);

  const auto networks = client
                            .await<std::vector<NetworkInfo>>([&](Callback<std::vector<NetworkInfo>> done) {
                              list_networks(client, label, std::move(done));
                            })
                            .take();
  left = choose(networks, "network", scope, client.endpoint().is_local(), summary);
  for (int attempt = 1;; ++attempt) {
    failed = remove_all(client, remove_network, left, summary);
    if (failed.empty() || attempt == most_tries) break;
    left.clear();
    for (const auto& [object, error] : failed) {
      disconnect_everything(client, object.id);
      left.push_back(object);
    }
  }
  for (const auto& [object, error] : failed) summary.failed.push_back(object.what + ": " + error.message);
  return summary;
}

}  // namespace echolab::engine::docker

#include "lab/engine/docker/leftovers.h"

#include <fmt/format.h>

#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "lab/docker_api/containers.h"
#include "lab/docker_api/images.h"
#include "lab/docker_api/networks.h"
#include "lab/engine/docker/owner.h"
#include "lab/engine/docker/window.h"

namespace echolab::engine::docker {

namespace {

// The engine removes fewer a second when it is asked for more at once: 50 of them take 2.9 s with 8, 3.0 to 3.2 with 16
// and 4.0 with all 50.
constexpr std::size_t removed_at_once = 8;
// Engine 20.10 can lose count of a network's endpoints when many containers go at once. Everything has been disconnected
// by then, and only its start counts anew.
constexpr std::string_view how_to_mend_count =
    " (when no container is left on it, the engine has lost count: restart it, then run echolab clean)";
constexpr int most_tries = 3;
constexpr int most_passes = 5;

// Whose objects go. Decided once per owner: a controller that dies while we look must not lose its network but keep
// its containers.
class Scope {
 public:
  Scope(CleanupScope scope, bool same_host) : scope_(scope), same_host_(same_host) {}

  bool includes(const docker_api::Labels& labels) {
    if (scope_ == CleanupScope::all) return true;
    const auto label = labels.find(label_owner);
    if (label == labels.end()) return false;
    const auto [known, is_new] = dead_.try_emplace(label->second, false);
    if (is_new) {
      // An owner label that we cannot read is not ours to judge.
      const auto owner = Owner::parse(label->second);
      known->second = owner && !owner->alive(same_host_);
    }
    return known->second;
  }

 private:
  CleanupScope scope_;
  bool same_host_;
  std::map<std::string, bool> dead_;
};

struct Object {
  std::string id, what;  // "container echolab-…-client-1"
};

template <class Info>
std::vector<Object> choose(const std::vector<Info>& all, const char* kind, Scope& scope, CleanupSummary& summary) {
  std::vector<Object> chosen;
  for (const Info& info : all) {
    const std::string name = info.name.starts_with('/') ? info.name.substr(1) : info.name;
    const std::string what = fmt::format("{} {}", kind, name);
    if (scope.includes(info.labels)) {
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

CleanupSummary one_pass(docker_api::Client& client, const std::string& label, Scope& scope) {
  using namespace docker_api;
  CleanupSummary summary;
  const auto containers = client
                              .await<std::vector<ContainerInfo>>([&](Callback<std::vector<ContainerInfo>> done) {
                                list_containers(client, label, std::move(done));
                              })
                              .take();
  auto left = choose(containers, "container", scope, summary);
  auto failed = remove_all(client, remove_container, left, summary);
  for (const auto& [object, error] : failed) summary.failed.push_back(object.what + ": " + error.message);

  const auto networks = client
                            .await<std::vector<NetworkInfo>>([&](Callback<std::vector<NetworkInfo>> done) {
                              list_networks(client, label, std::move(done));
                            })
                            .take();
  left = choose(networks, "network", scope, summary);
  for (int attempt = 1;; ++attempt) {
    failed = remove_all(client, remove_network, left, summary);
    if (failed.empty() || attempt == most_tries) break;
    left.clear();
    for (const auto& [object, error] : failed) {
      disconnect_everything(client, object.id);
      left.push_back(object);
    }
  }
  for (const auto& [object, error] : failed) {
    const bool miscounted = error.message.find("has active endpoints") != std::string::npos;
    summary.failed.push_back(object.what + ": " + error.message + (miscounted ? std::string(how_to_mend_count) : ""));
  }

  const auto images = client
                          .await<std::vector<ImageInfo>>([&](Callback<std::vector<ImageInfo>> done) {
                            list_images(client, label, std::move(done));
                          })
                          .take();
  left = choose(images, "image", scope, summary);
  failed = remove_all(client, remove_image, left, summary);
  for (const auto& [object, error] : failed) summary.failed.push_back(object.what + ": " + error.message);
  return summary;
}

}  // namespace

// The engine finishes what a killed controller had asked for: a container may appear while we remove the others. So
// passes go on until one finds nothing to remove.
CleanupSummary remove_labelled(docker_api::Client& client, const std::string& label, CleanupScope scope) {
  Scope decided(scope, client.endpoint().is_local());
  CleanupSummary summary;
  for (int pass = 1; pass <= most_passes; ++pass) {
    CleanupSummary now = one_pass(client, label, decided);
    const bool found_nothing = now.removed.empty() && now.failed.empty();
    summary.kept = std::move(now.kept);
    summary.failed = std::move(now.failed);
    summary.removed.insert(summary.removed.end(), now.removed.begin(), now.removed.end());
    if (found_nothing) break;
  }
  return summary;
}

}  // namespace echolab::engine::docker

#include "lab/engine/docker/node_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "lab/base/hash.h"
#include "lab/engine/capture_run.h"
#include "lab/engine/docker/cage.h"
#include "lab/engine/host_names.h"

namespace echolab::engine::docker {

namespace {

constexpr int open_files = 16384;  // a server's 10,000 idle connections, and room

std::vector<std::string> extra_hosts(const plan::Plan& plan, const plan::Node& node) {
  std::vector<std::string> entries;
  for (const auto& [name, address] : names_on_network(plan, node.network)) {
    entries.push_back(fmt::format("{}:{}", name, address.to_string()));
  }
  return entries;
}

}  // namespace

std::string object_name(const std::string& run, const std::string& part) {
  std::string name = fmt::format("echolab-{}-{}", run, part);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char character) { return static_cast<char>(std::tolower(character)); });
  return name;
}

std::string bridge_name(const plan::Plan& plan, const plan::Network& network) {
  return "el" + sha256_hex(plan.run_id + "/" + network.name).substr(0, 12);
}

docker_api::NetworkSpec network_spec(const plan::Plan& plan, const plan::Network& network, const Owner& owner) {
  docker_api::NetworkSpec spec;
  spec.name = object_name(plan.run_id, network.name);
  const auto add = [&spec](const std::optional<Prefix>& subnet, const std::optional<IpAddress>& gateway) {
    if (subnet) spec.subnets.push_back({subnet->to_string(), gateway ? gateway->to_string() : ""});
  };
  add(network.subnet4, network.gateway4);
  add(network.subnet6, network.gateway6);
  spec.ipv6 = network.subnet6.has_value();
  spec.options = {
      {"com.docker.network.bridge.name", bridge_name(plan, network)},
      // The bridge gets no address of the host's: nodes reach neither the gateway nor the host's services.
      {"com.docker.network.bridge.inhibit_ipv4", "true"},
      {"com.docker.network.driver.mtu", std::to_string(network.mtu)},
  };
  spec.labels = labels_for(plan.run_id, owner, network.name, "network");
  return spec;
}

docker_api::ContainerSpec node_spec(const plan::Plan& plan, const plan::Node& node, const std::string& image,
                                    const Owner& owner) {
  docker_api::ContainerSpec spec;
  spec.name = object_name(plan.run_id, node.name);
  spec.image = image;
  if (node.replaces_entrypoint) spec.entrypoint = std::vector<std::string>{};
  spec.command = node.arguments;
  for (const auto& [name, value] : node.environment) spec.environment.push_back(name + "=" + value);
  spec.user = "65532:65532";
  spec.hostname = node.name;
  spec.labels = labels_for(plan.run_id, owner, node.name, node.role == plan::Role::server ? "server" : "client");
  spec.attachment = docker_api::Attachment{object_name(plan.run_id, plan.networks[node.network].name),
                                           node.address4 ? node.address4->to_string() : "",
                                           node.address6 ? node.address6->to_string() : "", node.mac.to_string()};
  spec.security_options = {"no-new-privileges"};
  spec.extra_hosts = extra_hosts(plan, node);
  // The engine's own resolver forwards what it does not know to this address, which from inside is the node
  // itself: a lookup fails at once and sends no packet (CVE-2024-29018).
  spec.dns = {"0.0.0.0"};
  spec.tmpfs = {{"/tmp", "rw,noexec,nosuid,nodev,size=64m"}};
  spec.memory_bytes = node.limits.memory_bytes;
  spec.cpus = node.limits.cpus;
  spec.pids = node.limits.pids;
  spec.open_files = open_files;
  if (std::holds_alternative<plan::Bundle>(node.program)) {
    put_in_cage(spec, cage_user(plan.run_id, node.name), node.limits, node_work_bytes);
  }
  return spec;
}

docker_api::ContainerSpec job_spec(const Job& job, const std::string& run, const std::string& image,
                                   const Owner& owner) {
  docker_api::ContainerSpec spec;
  spec.name = object_name(run, "job");
  spec.image = image;
  spec.command = job.arguments;
  spec.hostname = "job";
  spec.labels = labels_for(run, owner, job.name, "job");
  spec.network_mode = "none";
  put_in_cage(spec, cage_user(run, job.name), job.limits, job.work_bytes);
  return spec;
}

docker_api::ContainerSpec capture_spec(const plan::Plan& plan, const plan::Capture& capture, const std::string& image,
                                       const Owner& owner) {
  const plan::Network& network = plan.networks[capture.network];
  docker_api::ContainerSpec spec;
  spec.name = object_name(plan.run_id, "capture-" + network.name);
  spec.image = image;
  spec.command = record_arguments(capture, bridge_name(plan, network));
  spec.command.emplace_back("--untracked");
  spec.user = "0:0";
  spec.labels = labels_for(plan.run_id, owner, network.name, "capture");
  spec.network_mode = "host";
  spec.pid_mode = "host";
  // NET_RAW and NET_ADMIN: capture and ethtool. SETUID, SETGID: tcpdump -Z root. SYS_ADMIN and SYS_PTRACE:
  // entering a node's network namespace through /proc; where AppArmor rules, that needs its profile off too.
  spec.capabilities = {"NET_RAW", "NET_ADMIN", "SETUID", "SETGID", "SYS_ADMIN", "SYS_PTRACE"};
  spec.security_options = {"no-new-privileges", "apparmor=unconfined"};
  return spec;
}

}  // namespace echolab::engine::docker

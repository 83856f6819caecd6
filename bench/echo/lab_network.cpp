#include "bench/echo/lab_network.h"

#include <fmt/format.h>
#include <unistd.h>

#include "lab/base/error.h"

namespace echolab::bench {

namespace {

constexpr const char* client_address = "198.18.0.3";
constexpr const char* mend = "run it as root, or allow user namespaces: sysctl kernel.unprivileged_userns_clone=1";

CommandLine inside(const Program& place) {
  const std::string target = fmt::format("--target={}", place.pid());
  if (::geteuid() == 0) return {"nsenter", target, "--net", "--"};
  return {"nsenter", target, "--user", "--preserve-credentials", "--net", "--"};
}

// Does nothing in a new network namespace, at most for an hour. Interfaces of a new one are down, and IPv6's search for
// doubled addresses would send packets of its own.
std::unique_ptr<Program> hold(CommandLine prefix) {
  prefix.insert(prefix.end(), {"sh", "-c", "echo held && exec sleep 3600"});
  auto place = std::make_unique<Program>(prefix, Program::Read::output);
  if (!place->wait_for("held")) throw EnvironmentError("make a network namespace", "the system refused it", mend);
  return place;
}

}  // namespace

LabNetwork::LabNetwork() {
  if (!is_installed("ip") || !is_installed("nsenter")) {
    throw EnvironmentError("make a network of namespaces", "ip or nsenter is missing",
                           "apt-get install iproute2 util-linux");
  }
  const bool as_root = ::geteuid() == 0;
  bridge_ =
      hold(as_root ? CommandLine{"unshare", "--net"} : CommandLine{"unshare", "--user", "--map-root-user", "--net"});
  const auto beside_bridge = [&] {
    CommandLine prefix = inside(*bridge_);
    prefix.insert(prefix.end(), {"unshare", "--net"});
    return hold(prefix);
  };
  server_ = beside_bridge();
  client_ = beside_bridge();
  configure(*bridge_, fmt::format("link add br0 up type bridge\n"
                                  "link add port1 up master br0 type veth peer name eth0 netns {}\n"
                                  "link add port2 up master br0 type veth peer name eth0 netns {}\n",
                                  server_->pid(), client_->pid()));
  for (const auto& [place, address] : {std::pair(&*server_, server_address), std::pair(&*client_, client_address)}) {
    configure(*place, fmt::format("address add {}/24 dev eth0\nlink set lo up\nlink set eth0 up\n", address));
  }
}

void LabNetwork::configure(const Program& place, const std::string& lines) const {
  CommandLine command = inside(place);
  command.insert(command.end(), {"sh", "-c", "printf %s \"$1\" | ip -batch -", "sh", lines});
  const MeasuredRun run = run_measured(command);
  if (run.exit_status != 0) {
    throw EnvironmentError("set up a network of namespaces", fmt::format("ip ended with status {}", run.exit_status),
                           mend);
  }
}

CommandLine LabNetwork::in_server() const {
  return inside(*server_);
}

CommandLine LabNetwork::in_client() const {
  return inside(*client_);
}

}  // namespace echolab::bench

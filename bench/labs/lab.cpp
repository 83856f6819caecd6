#include "bench/labs/lab.h"

#include <fmt/format.h>

namespace echolab::bench {

namespace {

constexpr std::string_view one_message = "messages: {text: hello, count: 2, interval: 60s}";
constexpr std::string_view limits = "limits: {ready: 300s, run: 600s}\n";

}  // namespace

std::string standing_lab(std::size_t nodes) {
  const std::size_t networks = (nodes + most_per_network - 1) / most_per_network;
  std::string text = "echolab: 1\nname: standing\nnetworks:\n", servers = "servers:\n", clients = "clients:\n";
  for (std::size_t i = 0; i < networks; ++i) {
    const std::size_t share = nodes / networks + (i < nodes % networks ? 1 : 0);
    text += fmt::format("  - name: net{}\n", i);
    servers += fmt::format("  - {{name: server{0}, protocol: udp, network: net{0}}}\n", i);
    clients +=
        fmt::format("  - {{name: client{0}, server: server{0}, containers: {1}, {2}}}\n", i, share - 1, one_message);
  }
  return text + servers + clients + std::string(limits);
}

std::string standing_lab_of_groups(std::size_t containers, std::size_t clients_each) {
  return fmt::format(
      "echolab: 1\nname: standing\nservers: [{{name: server, protocol: udp}}]\n"
      "clients: [{{name: client, containers: {}, clients_per_container: {}, {}}}]\n{}",
      containers, clients_each, one_message, limits);
}

CommandLine run_command(const Settings& settings, const std::string& engine, const std::filesystem::path& out,
                        const std::filesystem::path& scenario) {
  return {settings.program, "run", "--engine", engine, "--out", out, scenario};
}

std::string why_no_docker() {
  if (!is_installed("docker")) return "Docker is not installed: ./echolab images";
  if (run_measured({"docker", "version"}).exit_status != 0) return "no Docker engine answers: ./echolab doctor";
  for (const char* image : {"echolab/echo-server", "echolab/echo-client", "echolab/capture-agent"}) {
    if (run_measured({"docker", "image", "inspect", image}).exit_status != 0) {
      return fmt::format("Docker has no image {}: ./echolab images", image);
    }
  }
  return "";
}

}  // namespace echolab::bench

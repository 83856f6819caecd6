#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "lab/base/diagnostic.h"
#include "lab/base/file.h"
#include "lab/scenario/load.h"

namespace echolab::scenario {
namespace {

using namespace std::chrono_literals;

const std::string smallest =
    "echolab: 1\nname: small\nservers: [{name: server, protocol: udp}]\nclients: [{name: client}]\n";

Scenario load(const std::string& text) {
  try {
    return load_text("test.yaml", text);
  } catch (const InvalidInput& error) {
    ADD_FAILURE() << render(error.file(), error.source(), error.diagnostics());
    throw;
  }
}

TEST(GoodScenarios, EveryExampleLoadsAndNamesTheSchema) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("scenarios")) {
    if (entry.path().extension() != ".yaml") continue;
    ++count;
    const Scenario scenario = load_file(entry.path());
    EXPECT_EQ(scenario.name, entry.path().stem().string());
    EXPECT_FALSE(scenario.description.empty());
    EXPECT_TRUE(scenario.source.starts_with("# yaml-language-server: $schema=../share/echolab/scenario.schema.json\n"))
        << entry.path();
  }
  EXPECT_GE(count, 6u);
}

TEST(GoodScenarios, UdpEchoMeansWhatItSays) {
  const Scenario s = load_file("scenarios/udp-echo.yaml");
  EXPECT_EQ(s.source, read_file("scenarios/udp-echo.yaml"));
  ASSERT_EQ(s.clients.size(), 1u);
  const ClientGroup& group = s.clients[0];
  EXPECT_EQ(group.containers, 2u);  // as many as identities
  EXPECT_EQ(group.protocol, Transport::udp);
  EXPECT_EQ(group.family, Family::ipv4);
  EXPECT_FALSE(group.half_close);
  EXPECT_EQ(group.messages.count, 3u);
  EXPECT_EQ(group.messages.interval, 100ms);
  ASSERT_EQ(group.identities.size(), 2u);
  EXPECT_EQ(group.identities[0],
            (Identity{{"student_id", "20261234"}, {"name", "홍길동"}, {"department", "컴퓨터공학과"}}));
}

// The table's defaults and those of the structs are written twice; here they meet.
TEST(GoodScenarios, DefaultsAreThoseOfTheStructs) {
  const Scenario s = load(smallest);
  const Scenario d;
  EXPECT_EQ(s.seed, d.seed);
  EXPECT_EQ(s.limits, d.limits);
  EXPECT_EQ(s.capture.enabled, d.capture.enabled);
  EXPECT_EQ(s.capture.snaplen, d.capture.snaplen);
  EXPECT_EQ(s.capture.buffer_bytes, d.capture.buffer_bytes);
  EXPECT_EQ(s.capture.limit_bytes, d.capture.limit_bytes);
  ASSERT_EQ(s.networks.size(), 1u);
  EXPECT_EQ(s.networks[0].name, "lab");
  EXPECT_EQ(s.networks[0].mtu, Network{}.mtu);
  EXPECT_EQ(s.servers[0].port, Server{}.port);
  EXPECT_EQ(s.servers[0].container.limits, Limits{});
  EXPECT_EQ(s.servers[0].container.program, Program{Image{"echolab/echo-server"}});
  const ClientGroup& group = s.clients[0];
  EXPECT_EQ(group.container.program, Program{Image{"echolab/echo-client"}});
  EXPECT_EQ(group.containers, 1u);
  EXPECT_EQ(group.clients_per_container, 1u);
  EXPECT_EQ(group.local_port, Port{0});
  EXPECT_EQ(group.messages.count, 1u);
  EXPECT_EQ(group.messages.window, Messages{}.window);
  EXPECT_EQ(group.messages.timeout, Messages{}.timeout);
  EXPECT_EQ(group.messages.retries, Messages{}.retries);
  EXPECT_EQ(group.messages.chunk, Messages{}.chunk);
  EXPECT_EQ(group.start.together, Start{}.together);
  ASSERT_EQ(s.checks.size(), 4u);
  EXPECT_EQ(s.checks[0].id, "echoes_match");
}

TEST(GoodScenarios, WindowsFilesAreRead) {
  std::string windows = "\xef\xbb\xbf";
  for (const char c : smallest) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
  const Scenario s = load(windows);
  EXPECT_EQ(s.name, "small");
  EXPECT_EQ(s.source, windows);
}

TEST(GoodScenarios, EveryKeyIsUnderstood) {
  const Scenario s = load(R"(echolab: 1
name: everything
seed: 9007199254740991
networks:
  - {name: red, family: dual, subnet: 198.18.4.0/28, subnet6: "fd00:1:2:3::/64", mtu: 1400}
  - {name: blue, family: ipv6}
servers:
  - name: one
    network: red
    protocol: both
    port: 7
    command: [python3, server.py]
    args: [--verbose]
    env: {LANG: ko_KR.UTF-8, LEVEL: 3}
    limits: {memory: 1GiB, cpus: 0.5, pids: 8}
  - {name: two, network: blue, image: "registry.example:5000/echo/server:v1"}
clients:
  - name: first
    server: one
    containers: 3
    clients_per_container: 4
    protocol: tcp
    family: ipv6
    local_port: 40000
    half_close: false
    messages: {sizes: [0, 1021], fill: pattern, count: 6, rate: 50, window: 4, timeout: 500ms, chunk: 100}
    start: {together: false, delay: 1s, spacing: 10ms}
  - name: second
    server: two
    protocol: udp
    messages: {text: ["{{{message}}}", "{id}"], retries: 2}
    identities: [{id: 007}]
capture: {enabled: false, snaplen: 128, buffer: 64MiB, limit: 1MiB}
checks:
  - {kind: counts, id: how-many, points: 2.5}
limits: {ready: 30s, run: 1.5m, stop: 100ms}
)");
  EXPECT_EQ(s.networks[0].subnet4, Prefix::parse("198.18.4.0/28"));
  EXPECT_EQ(s.networks[0].subnet6, Prefix::parse("fd00:1:2:3::/64"));
  EXPECT_EQ(s.networks[0].mtu, 1400);
  EXPECT_EQ(s.networks[1].families, Families::ipv6);
  EXPECT_EQ(s.servers[0].container.command, (std::vector<std::string>{"python3", "server.py"}));
  EXPECT_EQ(s.servers[0].container.environment,
            (std::vector<std::pair<std::string, std::string>>{{"LANG", "ko_KR.UTF-8"}, {"LEVEL", "3"}}));
  EXPECT_EQ(s.servers[0].container.limits, (Limits{1u << 30, 0.5, 8}));
  EXPECT_EQ(s.servers[1].network, 1u);
  const ClientGroup& first = s.clients[0];
  EXPECT_EQ(first.family, Family::ipv6);
  EXPECT_EQ(first.local_port, Port{40000});
  EXPECT_FALSE(first.half_close);
  EXPECT_EQ(first.messages.interval, 20ms);
  EXPECT_EQ(first.messages.chunk, 100u);
  EXPECT_EQ(std::get<ByteMessages>(first.messages.content).sizes, (std::vector<std::uint32_t>{0, 1021}));
  EXPECT_EQ(std::get<ByteMessages>(first.messages.content).fill, Fill::pattern);
  EXPECT_FALSE(first.start.together);
  EXPECT_EQ(first.start.spacing, 10ms);
  EXPECT_EQ(s.clients[1].server, 1u);
  EXPECT_EQ(s.clients[1].family, Family::ipv6);
  EXPECT_EQ(s.clients[1].messages.count, 2u);
  EXPECT_EQ(s.clients[1].identities[0][0].second, "007");  // as written
  EXPECT_FALSE(s.capture.enabled);
  EXPECT_EQ(s.capture.snaplen, 128u);
  EXPECT_EQ(s.checks[0].line, 35u);
  EXPECT_EQ(s.checks[0].points, 2.5);
  EXPECT_EQ(s.limits.run, 90s);
}

}  // namespace
}  // namespace echolab::scenario

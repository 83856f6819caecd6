#include "lab/plan/make_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "lab/base/diagnostic.h"
#include "lab/base/error.h"
#include "lab/scenario/load.h"
#include "tests/unit/scenario/golden.h"

namespace echolab::plan {
namespace {

using namespace std::chrono_literals;

const PlanInputs inputs{"20261122T221530Z-7f3a91", {}};

Plan plan_of(const std::string& body, const PlanInputs& with = inputs) {
  return make_plan(scenario::load_text("test.yaml", "echolab: 1\nname: test\n" + body), with);
}

bool has(const std::vector<std::string>& arguments, const std::string& flag, const std::string& value) {
  const auto found = std::find(arguments.begin(), arguments.end(), flag);
  return found != arguments.end() && found + 1 != arguments.end() && found[1] == value;
}

TEST(MakePlan, UdpEchoIsTheGoldenPlan) {
  const Plan plan = make_plan(scenario::load_file("scenarios/udp-echo.yaml"), inputs);
  testing::expect_golden("tests/golden/plan/udp-echo.json", to_json(plan));
}

TEST(MakePlan, EqualInputGivesEqualBytes) {
  for (const char* const file : {"scenarios/dual-stack.yaml", "scenarios/datagram-sizes.yaml"}) {
    const std::string once = to_json(make_plan(scenario::load_file(file), inputs));
    EXPECT_EQ(once, to_json(make_plan(scenario::load_file(file), inputs)));
    EXPECT_NE(once, to_json(make_plan(scenario::load_file(file), {"another-run", {}})));
  }
}

TEST(MakePlan, NodesHaveTheirOwnNamesAndAddresses) {
  const Plan plan = make_plan(scenario::load_file("scenarios/many-clients.yaml"), inputs);
  ASSERT_EQ(plan.nodes.size(), 21u);
  std::set<std::string> names;
  std::set<std::string> addresses, macs;
  for (const Node& node : plan.nodes) {
    names.insert(node.name);
    macs.insert(node.mac.to_string());
    ASSERT_TRUE(node.address4);
    EXPECT_NE(node.address4, plan.networks[0].gateway4);
    EXPECT_TRUE(plan.networks[0].subnet4->contains(*node.address4));
    addresses.insert(node.address4->to_string());
  }
  EXPECT_EQ(names.size(), 21u);
  EXPECT_EQ(addresses.size(), 21u);
  EXPECT_EQ(macs.size(), 21u);
  EXPECT_EQ(plan.nodes[0].name, "server");
  EXPECT_EQ(plan.nodes[20].name, "client-20");
  EXPECT_EQ(plan.networks[0].subnet4->length(), 27);  // 21 nodes, gateway, spare
}

TEST(MakePlan, IdentitiesAreFilledInAndTheClientsVariablesStay) {
  const Plan plan = plan_of(R"(servers: [{name: server, protocol: udp}]
clients:
  - name: client
    containers: 3
    messages: {text: "{{{name}}} {node} {container} {group} {scenario} {message} {client}"}
    identities: [{name: "a{b"}, {name: 김}]
)");
  ASSERT_EQ(plan.exchanges.size(), 3u);
  const auto text = [&](std::size_t i) { return std::get<TextPayload>(plan.exchanges[i].payload).templates[0]; };
  EXPECT_EQ(text(0), "{{a{{b}} client-1 1 client test {message} {client}");
  EXPECT_EQ(text(1), "{{김}} client-2 2 client test {message} {client}");
  EXPECT_EQ(text(2), "{{a{{b}} client-3 3 client test {message} {client}");
  EXPECT_EQ(payload_of(plan.exchanges[0].payload, 4, 5), "{a{b} client-1 1 client test 5 4");
  const auto& arguments = plan.nodes[1].arguments;
  EXPECT_NE(std::find(arguments.begin(), arguments.end(), "--message=" + text(0)), arguments.end());
}

TEST(MakePlan, ClientsGetTheArgumentsOfTheirScenario) {
  const Plan plan = plan_of(R"(networks: [{name: lab, family: dual}]
servers: [{name: server, port: 7}]
clients:
  - name: client
    containers: 2
    clients_per_container: 3
    protocol: tcp
    family: ipv6
    local_port: 40000
    messages: {sizes: [5, 6], fill: pattern, count: 4, interval: 10ms, window: 2, timeout: 500ms, chunk: 3}
    start: {together: false, delay: 1s, spacing: 100ms}
    args: [--quiet]
)");
  const Node& second = plan.nodes[2];
  EXPECT_EQ(second.arguments[0], plan.nodes[0].address6->to_string());
  EXPECT_EQ(second.arguments[1], "7");
  for (const auto& [flag, value] : std::vector<std::pair<std::string, std::string>>{{"--protocol", "tcp"},
                                                                                    {"--family", "ipv6"},
                                                                                    {"--size", "5,6"},
                                                                                    {"--fill", "pattern"},
                                                                                    {"--count", "4"},
                                                                                    {"--interval", "10ms"},
                                                                                    {"--window", "2"},
                                                                                    {"--timeout", "500ms"},
                                                                                    {"--chunk", "3"},
                                                                                    {"--clients", "3"},
                                                                                    {"--bind-port", "40000"},
                                                                                    {"--start-delay", "1100ms"},
                                                                                    {"--events", "-"}}) {
    EXPECT_TRUE(has(second.arguments, flag, value)) << flag;
  }
  EXPECT_EQ(std::count(second.arguments.begin(), second.arguments.end(), "--half-close"), 1);
  EXPECT_EQ(std::count(second.arguments.begin(), second.arguments.end(), "--wait-for-start"), 1);
  EXPECT_EQ(second.arguments.back(), "--quiet");
  EXPECT_TRUE(second.waits_for_start);
  EXPECT_FALSE(second.together);
  EXPECT_EQ(plan.nodes[0].arguments,
            (std::vector<std::string>{"--protocol", "both", "--family", "dual", "--port", "7", "--events", "-"}));
  ASSERT_EQ(plan.exchanges.size(), 6u);
  EXPECT_EQ(plan.exchanges[5].client, 3u);
  EXPECT_EQ(plan.exchanges[5].client_port, Port{40002});
  EXPECT_EQ(plan.exchanges[5].client_address, *second.address6);
  EXPECT_EQ(plan.exchanges[5].server, (Endpoint{*plan.nodes[0].address6, Port{7}}));
  EXPECT_TRUE(plan.exchanges[5].half_close);
  EXPECT_EQ(plan.exchanges[5].timeout, 500ms);
}

TEST(MakePlan, RandomBytesDifferBetweenContainersAndSeeds) {
  const std::string body =
      "servers: [{name: server, protocol: udp}]\nclients: [{name: c, containers: 2, messages: {sizes: 8}}]\n";
  const Plan one = plan_of(body), other = plan_of("seed: 2\n" + body);
  EXPECT_NE(payload_of(one.exchanges[0].payload, 1, 1), payload_of(one.exchanges[1].payload, 1, 1));
  EXPECT_NE(payload_of(one.exchanges[0].payload, 1, 1), payload_of(other.exchanges[0].payload, 1, 1));
  const auto seed = std::to_string(std::get<BytePayload>(one.exchanges[0].payload).seed);
  EXPECT_TRUE(has(one.nodes[1].arguments, "--seed", seed));
}

TEST(MakePlan, ForeignProgramsGetOnlyWhatTheirAuthorWrote) {
  const Plan plan = plan_of(R"(servers:
  - {name: own, protocol: udp, command: [python3, server.py], args: ["5000"]}
  - {name: other, protocol: tcp, image: example/server, args: [-v], env: {ECHOLAB_PORT: "1"}}
clients:
  - {name: client, server: own, image: example/client}
)");
  const Node& own = plan.nodes[0];
  EXPECT_EQ(own.arguments, (std::vector<std::string>{"python3", "server.py", "5000"}));
  EXPECT_TRUE(own.replaces_entrypoint);
  EXPECT_FALSE(own.writes_events);
  EXPECT_EQ(own.readiness, Readiness::started);
  const Node& other = plan.nodes[1];
  EXPECT_EQ(other.arguments, (std::vector<std::string>{"-v"}));
  EXPECT_FALSE(other.replaces_entrypoint);
  EXPECT_EQ(std::count_if(other.environment.begin(), other.environment.end(),
                          [](const auto& e) { return e.first == "ECHOLAB_PORT" && e.second == "1"; }),
            1);
  const Node& client = plan.nodes[2];
  EXPECT_TRUE(client.arguments.empty());
  EXPECT_FALSE(client.waits_for_start);
  EXPECT_NE(std::find(client.environment.begin(), client.environment.end(),
                      std::pair<std::string, std::string>{"ECHOLAB_SERVER", own.address4->to_string()}),
            client.environment.end());
}

TEST(MakePlan, CapturesHoldWholeFrames) {
  const std::string rest = "servers: [{name: server, protocol: udp}]\nclients: [{name: client}]\n";
  EXPECT_EQ(plan_of(rest).captures.at(0).snaplen, 2048u);
  EXPECT_EQ(plan_of("networks: [{name: lab, mtu: 9000}]\n" + rest).captures.at(0).snaplen, 9018u);
  EXPECT_TRUE(plan_of("capture: {enabled: false}\n" + rest).captures.empty());
  EXPECT_EQ(plan_of(rest).captures.at(0).nonce.size(), 16u);
}

TEST(MakePlan, ATakenSubnetIsTheMachinesTrouble) {
  const std::string body =
      "networks: [{name: lab, subnet: 198.18.4.0/28}]\nservers: [{name: server, protocol: udp}]\nclients: [{name: "
      "client}]\n";
  EXPECT_NO_THROW(plan_of(body));
  EXPECT_THROW(plan_of(body, {"run", {*Prefix::parse("198.18.0.0/16")}}), EnvironmentError);
}

TEST(MakePlan, TooManyNodesAreRefusedEvenFromCode) {
  scenario::Scenario s = scenario::load_file("scenarios/udp-echo.yaml");
  s.clients[0].containers = 900;
  EXPECT_THROW(make_plan(s, inputs), InvalidInput);
  s.clients[0].containers = 20;
  s.networks[0].subnet4 = Prefix::parse("198.18.0.0/28");
  EXPECT_THROW(make_plan(s, inputs), InvalidInput);
}

}  // namespace
}  // namespace echolab::plan

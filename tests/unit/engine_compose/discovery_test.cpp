#include "lab/engine/compose/discovery.h"

#include <gmock/gmock.h>

#include "lab/base/diagnostic.h"

namespace echolab::engine {
namespace {

using testing::Contains;
using testing::Not;

IpAddress ip(const char* text) {
  return *IpAddress::parse(text);
}

scenario::Scenario one_of_each() {
  scenario::Scenario scenario;
  scenario.file = "compose.yaml";
  scenario.name = "compose";
  scenario.networks.resize(1);
  scenario.networks[0].name = "lab";
  scenario::Server server;
  server.name = "server";
  server.container.program = scenario::Image{"echolab/echo-server"};
  scenario.servers = {server};
  scenario::ClientGroup group;
  group.name = "client";
  group.containers = 2;
  group.messages.content = scenario::TextMessages{{"hello {message}"}};
  group.messages.count = 3;
  group.container.program = scenario::Image{"echolab/echo-client"};
  scenario.clients = {group};
  scenario.checks = {{.id = "echoes_match"}};
  return scenario;
}

Discovered three_clients() {
  return {.server = ip("198.18.7.2"),
          .clients = {ip("198.18.7.4"), ip("198.18.7.5"), ip("198.18.7.9")},
          .subnet = *Prefix::parse("198.18.7.0/24"),
          .nonce = "0123456789abcdef"};
}

TEST(PlanFor, PlansAsManyClientsAsWereFoundAtTheirAddresses) {
  const plan::Plan plan = plan_for(one_of_each(), {"20260101T000000Z-000001", {}}, three_clients());
  ASSERT_EQ(plan.nodes.size(), 4u);
  EXPECT_EQ(plan.nodes[0].address4, ip("198.18.7.2"));
  EXPECT_EQ(plan.nodes[1].name, "client-1");
  EXPECT_EQ(plan.nodes[1].address4, ip("198.18.7.4"));
  EXPECT_EQ(plan.nodes[3].address4, ip("198.18.7.9"));
  EXPECT_EQ(plan.networks.at(0).subnet4, Prefix::parse("198.18.7.0/24"));
  ASSERT_EQ(plan.exchanges.size(), 3u);
  EXPECT_EQ(plan.exchanges[2].client_address, ip("198.18.7.9"));
  EXPECT_EQ(plan.exchanges[2].server.to_string(), "198.18.7.2:5000");
  EXPECT_EQ(plan.exchanges[2].messages, 3u);
  EXPECT_THAT(plan.nodes[3].arguments, Contains("198.18.7.2"));
  EXPECT_EQ(plan.captures.at(0).nonce, "0123456789abcdef");
}

TEST(PlanFor, TakesTheSubnetEvenWhenItIsOccupied) {
  const plan::PlanInputs inputs{"20260101T000000Z-000001", {*Prefix::parse("198.18.0.0/15")}};
  EXPECT_EQ(plan_for(one_of_each(), inputs, three_clients()).networks.at(0).subnet4, Prefix::parse("198.18.7.0/24"));
}

TEST(PlanFor, RefusesWhatComposeDidNotStart) {
  scenario::Scenario scenario = one_of_each();
  scenario.servers.push_back(scenario.servers.front());
  scenario.clients.push_back(scenario.clients.front());
  scenario.networks.front().families = scenario::Families::dual;
  try {
    plan_for(scenario, {"20260101T000000Z-000001", {}}, three_clients());
    FAIL() << "planned a lab that is not there";
  } catch (const InvalidInput& error) {
    EXPECT_EQ(error.diagnostics().size(), 3u) << "all at once";
  }
}

TEST(ResolveService, KnowsTheLoopback) {
  EXPECT_THAT(resolve_service("127.0.0.1"), testing::ElementsAre(ip("127.0.0.1")));
  EXPECT_EQ(local_subnet_of(ip("127.0.0.1")).to_string(), "127.0.0.0/8");
}

}  // namespace
}  // namespace echolab::engine

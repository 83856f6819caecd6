// Every example in scenarios/ runs on real Docker, passes, is confirmed by tshark, and leaves nothing behind.

#include <gmock/gmock.h>

#include <algorithm>

#include "lab/base/file.h"
#include "tests/integration/lab/lab.h"

namespace echolab::lab_test {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> example_scenarios() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator("scenarios")) {
    // compose.yaml describes the lab of docker-compose.yml, which starts its own nodes.
    if (entry.path().extension() == ".yaml" && entry.path().stem() != "compose") names.push_back(entry.path().stem());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// The bridge that the agent listened on.
std::string bridge_of(const std::filesystem::path& run) {
  for (const std::string& line : lines_of(read_file(run / "captures/lab.agent.jsonl"))) {
    const auto event = nlohmann::json::parse(line);
    if (event["event"] == "listening") return event["interface"];
  }
  return "no 'listening' event";
}

class ExampleScenario : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (const std::string reason = why_no_docker(); !reason.empty()) GTEST_SKIP() << reason;
    if (!test::has_program("tshark")) GTEST_SKIP() << "tshark is not installed";
  }

  // Frames that tshark counts, by display filter. Port 5000 is decoded as echo (RFC 862): other dissectors that guess by
  // content find all kinds of things in random bytes.
  std::size_t tshark_count(const std::filesystem::path& file, const std::string& filter = "frame") {
    const test::Finished finished =
        test::run_program({.argv = {"tshark", "-r", file.string(), "-d", "udp.port==5000,echo", "-d",
                                    "tcp.port==5000,echo", "-Y", filter, "-T", "fields", "-e", "frame.number"}});
    EXPECT_EQ(finished.status, 0) << finished.err;
    return lines_of(finished.out).size();
  }

  test::TemporaryFolder folder_;
};

TEST_P(ExampleScenario, PassesIsConfirmedByTsharkAndLeavesNothing) {
  const std::filesystem::path run = folder_ / "run";
  const test::Finished finished = test::run_program(
      echolab({"run", "--engine", "docker", "--json", "--out", run.string(), "scenarios/" + GetParam() + ".yaml"}));
  ASSERT_EQ(finished.status, 0) << finished.out << finished.err;

  const auto result = nlohmann::json::parse(finished.out);
  EXPECT_EQ(result["verdict"], "passed");
  EXPECT_EQ(result["capture_complete"], true);
  EXPECT_EQ(result, read_json(run / "result.json"));
  for (const auto& client : result["clients"]) {
    EXPECT_GT(client["planned"], 0);
    EXPECT_EQ(client["echoed"], client["planned"]) << client;
  }

  // tshark is the independent witness of our counts.
  EXPECT_EQ(tshark_count(run / "captures/lab.pcapng"), result["packets"].get<std::size_t>());
  EXPECT_EQ(tshark_count(run / "captures/lab.pcapng", "_ws.malformed && !(eth.type == 0x88b5)"), 0u);
  EXPECT_EQ(tshark_count(run / "captures/lab.pcapng", "frame.len > 1514"), 0u) << "offloading was not switched off";
  const nlohmann::json plan = read_json(run / "plan.json");
  for (const auto& node : plan["nodes"]) {
    if (node["role"] != "client") continue;
    const std::string name = node["name"];
    std::string filter;
    for (const auto& [key, field] : {std::pair{"address4", "ip.addr"}, {"address6", "ipv6.addr"}}) {
      if (!node.contains(key) || node[key].is_null()) continue;
      filter += (filter.empty() ? "" : " || ") + std::string(field) + " == " + node[key].get<std::string>();
    }
    const std::filesystem::path own = run / "captures" / (name + ".pcapng");
    const std::size_t in_own = tshark_count(own, filter);
    EXPECT_GT(in_own, 0u) << name;
    EXPECT_EQ(in_own, tshark_count(run / "captures/lab.pcapng", filter)) << name;
  }

  EXPECT_THAT(objects_of_run(result["run"]), IsEmpty());
  EXPECT_THAT(host_links(), Not(Contains(bridge_of(run))));

  // The stored run, judged again, gives the same bytes.
  const test::Finished again = test::run_program(echolab({"verify", "--json", run.string()}));
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(again.out, read_file(run / "findings.json"));
}

INSTANTIATE_TEST_SUITE_P(Docker, ExampleScenario, testing::ValuesIn(example_scenarios()), [](const auto& scenario) {
  std::string name = scenario.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(ExampleScenarios, AreAtLeastTheSixOfTheReadme) {
  EXPECT_GE(example_scenarios().size(), 6u);
}

}  // namespace
}  // namespace echolab::lab_test

// Many controllers, each a process of its own, on one Docker engine at once, as when a class is graded.

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/integration/lab/lab.h"

namespace echolab {
namespace {

using lab_test::echolab;

TEST(ParallelRuns, EightControllersAtOnceAllPassAndLeaveNothing) {
  if (const std::string why = lab_test::why_no_docker(); !why.empty()) GTEST_SKIP() << why;
  constexpr int controllers = 8;
  const test::TemporaryFolder folder;
  std::vector<std::unique_ptr<test::ChildProcess>> running;
  for (int i = 0; i < controllers; ++i) {
    running.push_back(
        std::make_unique<test::ChildProcess>(echolab({"run", "scenarios/udp-echo.yaml", "--engine", "docker", "--quiet",
                                                      "--out", (folder / std::to_string(i)).string()})));
  }
  for (const auto& controller : running) {
    EXPECT_EQ(controller->wait(std::chrono::seconds(240)), 0) << controller->output() << controller->error();
  }
  std::set<std::string> subnets;
  for (int i = 0; i < controllers; ++i) {
    const auto plan = lab_test::read_json(folder / std::to_string(i) / "plan.json");
    const auto engine = lab_test::read_json(folder / std::to_string(i) / "engine.json");
    EXPECT_TRUE(engine.at("problems").empty()) << engine.at("problems");
    subnets.insert(plan.at("networks").at(0).at("subnet4").get<std::string>());
    const auto left = lab_test::objects_of_run(plan.at("run_id").get<std::string>());
    EXPECT_TRUE(left.empty()) << left.front();
  }
  EXPECT_EQ(subnets.size(), static_cast<std::size_t>(controllers)) << "labs that ran at once shared a subnet";
}

}  // namespace
}  // namespace echolab

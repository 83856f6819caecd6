#include "lab/grade/supervisor_events.h"

#include <gmock/gmock.h>

namespace echolab::grade {
namespace {

using marks::Limit;

std::vector<Limit> kinds(const std::vector<marks::LimitHit>& hits) {
  std::vector<Limit> all;
  for (const auto& hit : hits) all.push_back(hit.limit);
  return all;
}

const scenario::Limits limits{256u << 20, 1.0, 64};

TEST(SupervisorEvents, NothingHappenedNothingIsSaid) {
  const auto report = read_supervisor_events(
      "{\"v\":1,\"event\":\"ready\"}\n{\"v\":1,\"event\":\"limits\",\"oom_kills\":0,\"pids_hits\":0,\"disk_full\":"
      "false}\n"
      "{\"v\":1,\"event\":\"ended\",\"exit\":0}\n");
  EXPECT_EQ(report.exit_status, 0);
  EXPECT_TRUE(limits_hit(report, {}, limits, "server").empty());
}

TEST(SupervisorEvents, TellsAnEndOfItsOwnFromOneThatWasAskedFor) {
  EXPECT_TRUE(read_supervisor_events("{\"event\":\"ended\",\"exit\":1}").ended_by_itself);
  EXPECT_EQ(read_supervisor_events("{\"event\":\"ended\",\"signal\":\"SIGSEGV\"}").signal, "SIGSEGV");
  EXPECT_FALSE(read_supervisor_events("{\"event\":\"ended\",\"exit\":0,\"reason\":\"stopped\"}").ended_by_itself);
}

TEST(SupervisorEvents, EachLimitIsNamed) {
  const auto report = read_supervisor_events(
      "{\"event\":\"limits\",\"oom_kills\":2,\"pids_hits\":9,\"disk_full\":true}\n"
      "{\"event\":\"ended\",\"signal\":\"SIGKILL\",\"reason\":\"time\"}\n");
  artifacts::NodeExit exit;
  exit.stdout_cut = 5u << 20;
  const auto hits = limits_hit(report, exit, limits, "server");
  EXPECT_THAT(kinds(hits),
              testing::UnorderedElementsAre(Limit::memory, Limit::processes, Limit::disk, Limit::output, Limit::time));
  EXPECT_EQ(hits.front().where, "server");
  EXPECT_THAT(hits.front().detail, testing::HasSubstr("256"));
}

TEST(SupervisorEvents, TheLargestCountStands) {
  const auto report = read_supervisor_events(
      "{\"event\":\"limits\",\"oom_kills\":1,\"pids_hits\":7}\n{\"event\":\"limits\",\"oom_kills\":1,\"pids_hits\":3}"
      "\n");
  EXPECT_EQ(report.refused_processes, 7u);
}

TEST(SupervisorEvents, WhatItCantReadIsLeftAside) {
  const auto report = read_supervisor_events(
      "garbage\n{\"event\":\"limits\",\"oom_kills\":\"many\"}\n[1,2]\n{\"event\":7}\n{\"event\":\"ended\",\"exit\":"
      "\"x\"}\n"
      "{\"event\":\"step_failed\",\"step\":1}");
  EXPECT_EQ(report.out_of_memory_kills, 0u);
  EXPECT_FALSE(report.exit_status.has_value());
  EXPECT_EQ(report.failed_step, 1u);
}

TEST(SupervisorEvents, TheEnginesOwnWordOnMemoryCounts) {
  artifacts::NodeExit exit;
  exit.out_of_memory = true;
  EXPECT_EQ(kinds(limits_hit({}, exit, limits, "client-1")), std::vector{Limit::memory});
}

}  // namespace
}  // namespace echolab::grade

// What programs that nobody trusts are created with.

#include "lab/engine/docker/cage.h"

#include <gtest/gtest.h>

#include <set>

#include "lab/engine/docker/node_spec.h"

namespace echolab::engine::docker {
namespace {

TEST(Cage, EachProgramOfEachRunHasAUserOfItsOwn) {
  std::set<std::uint32_t> users;
  for (int run = 0; run < 50; ++run) {
    for (const char* const program : {"server", "client-1", "client-2"}) {
      const std::uint32_t user = cage_user("run-" + std::to_string(run), program);
      EXPECT_GE(user, 100'000u);
      EXPECT_LT(user, 1u << 31);
      users.insert(user);
    }
  }
  EXPECT_EQ(users.size(), 150u);
  EXPECT_EQ(cage_user("run", "server"), cage_user("run", "server"));
}

plan::Plan plan_with(const plan::Program& program) {
  plan::Plan plan;
  plan.run_id = "20261122T221530Z-7f3a91";
  plan.networks.push_back({.name = "lab"});
  plan::Node node;
  node.name = "server";
  node.program = program;
  plan.nodes.push_back(node);
  return plan;
}

TEST(Cage, WhatWasHandedInIsCaged) {
  const auto plan = plan_with(plan::Bundle{"/class/20261234", "1f3a"});
  const auto spec = node_spec(plan, plan.nodes[0], "sha256:1234", Owner::self());
  const std::string user = std::to_string(cage_user(plan.run_id, "server"));
  EXPECT_EQ(spec.user, user + ":" + user);
  EXPECT_EQ(spec.security_options, std::vector<std::string>{"no-new-privileges"});
  EXPECT_TRUE(spec.capabilities.empty());
  EXPECT_EQ(spec.tmpfs.at("/tmp"), "rw,noexec,nosuid,nodev,size=64m,nr_inodes=4k");
  EXPECT_EQ(spec.tmpfs.at("/work"),
            "rw,exec,nosuid,nodev,size=67108864,nr_inodes=16k,mode=0700,uid=" + user + ",gid=" + user);
  EXPECT_EQ(spec.open_files, 1024);
  EXPECT_EQ(spec.file_bytes, 64u << 20);
  EXPECT_EQ(spec.shm_bytes, 8u << 20);
  EXPECT_EQ(spec.oom_score, 500);
  EXPECT_EQ(spec.pids, 64);
  EXPECT_EQ(spec.memory_bytes, 256u << 20);
}

TEST(Cage, OurOwnProgramsKeepTheirUserAndTheirDescriptors) {
  const auto plan = plan_with(scenario::Image{"echolab/echo-server"});
  const auto spec = node_spec(plan, plan.nodes[0], "sha256:1234", Owner::self());
  EXPECT_EQ(spec.user, "65532:65532");
  EXPECT_EQ(spec.open_files, 16384);
  EXPECT_FALSE(spec.tmpfs.contains("/work"));
}

TEST(Cage, AJobHasNoNetworkAndItsOwnSizes) {
  Job job;
  job.name = "build-20261234-server";
  job.arguments = {"build"};
  job.work_bytes = 1000;
  job.limits.pids = 7;
  const auto spec = job_spec(job, "job-1", "sha256:1234", Owner::self());
  EXPECT_EQ(spec.network_mode, "none");
  EXPECT_FALSE(spec.attachment);
  EXPECT_EQ(spec.file_bytes, 1000u);
  EXPECT_NE(spec.tmpfs.at("/work").find("size=1000,"), std::string::npos);
  EXPECT_EQ(spec.pids, 7);
  EXPECT_EQ(spec.name, "echolab-job-1-job");
}

}  // namespace
}  // namespace echolab::engine::docker

// What every engine must keep to.

#include "tests/contract/engine_contract.h"

#include <sys/resource.h>

#include <iostream>

namespace echolab::engine {
namespace {

TEST_P(EngineContract, ATwoClientLabRunsWholeAndLeavesNothing) {
  const auto engine = make_engine();
  const auto scenario = udp_scenario("", "    containers: 2\n" + messages(3));
  const auto plan = make_plan(scenario, *engine, run_id("whole"));
  artifacts::RunFolderWriter folder(folder_ / "run", plan, scenario.source);
  Interrupt interrupt;
  const auto record = engine->run({plan, folder, observer_, interrupt});
  EXPECT_TRUE(record.finished);
  EXPECT_TRUE(record.problems.empty()) << record.problems.front();
  ASSERT_EQ(record.captures.size(), 1u);
  EXPECT_TRUE(record.captures[0].complete) << record.captures[0].reasons.front();
  EXPECT_EQ(record.captures[0].captured, record.captures[0].received);
  EXPECT_EQ(observer_.echoes, 6u);
  EXPECT_EQ(record.images.size(), 3u);
  if (std::getenv("ECHOLAB_TEST_SHOW_STEPS") != nullptr) std::cerr << file("events.jsonl");
  folder.finish(true);
  const auto run = artifacts::read_run_folder(folder_ / "run");
  for (const auto* node : {"server", "client-1", "client-2"}) {
    EXPECT_EQ(run.node_exit(node).exit_code, 0) << node;
    EXPECT_FALSE(run.node_exit(node).killed_by_us) << node;
    EXPECT_NE(file(std::string("nodes/") + node + "/events.jsonl").find("\"event\":\"totals\""), std::string::npos)
        << node;
  }
  EXPECT_EQ(objects_of(plan.run_id), 0u);
}

TEST_P(EngineContract, ANodeThatDiesBeforeItIsReadyEndsTheWaitWithItsLastLines) {
  const auto engine = make_engine();
  const auto scenario = udp_scenario("    args: [--no-such-flag]\n", messages(1));
  const auto plan = make_plan(scenario, *engine, run_id("dies"));
  artifacts::RunFolderWriter folder(folder_ / "run", plan, scenario.source);
  Interrupt interrupt;
  const auto record = engine->run({plan, folder, observer_, interrupt});
  EXPECT_FALSE(record.finished);
  ASSERT_FALSE(record.problems.empty());
  EXPECT_NE(
      record.problems[0].find("node server (" + server_image_ + ") ended before it was ready, with exit status 2"),
      std::string::npos)
      << record.problems[0];
  EXPECT_NE(record.problems[0].find("no-such-flag"), std::string::npos) << record.problems[0];
  EXPECT_EQ(objects_of(plan.run_id), 0u);
}

TEST_P(EngineContract, AClientThatNeverEndsIsKilledAtTheLimit) {
  const auto engine = make_engine();
  const auto scenario = udp_scenario("", "    command: [sleep, \"1000\"]\n" + messages(1), "limits:\n  run: 2s\n");
  const auto plan = make_plan(scenario, *engine, run_id("endless"));
  artifacts::RunFolderWriter folder(folder_ / "run", plan, scenario.source);
  Interrupt interrupt;
  const auto record = engine->run({plan, folder, observer_, interrupt});
  EXPECT_TRUE(record.finished);
  folder.finish(true);
  EXPECT_TRUE(artifacts::read_run_folder(folder_ / "run").node_exit("client").killed_by_us ||
              artifacts::read_run_folder(folder_ / "run").node_exit("client-1").killed_by_us);
  EXPECT_EQ(objects_of(plan.run_id), 0u);
}

TEST_P(EngineContract, CtrlCLeavesNothingAndKeepsWhatWasGathered) {
  const auto engine = make_engine();
  const auto scenario = udp_scenario("", messages(1000, "100ms"));
  const auto plan = make_plan(scenario, *engine, run_id("ctrlc"));
  artifacts::RunFolderWriter folder(folder_ / "run", plan, scenario.source);
  Interrupt interrupt;
  observer_.interrupt_at = 2;
  try {
    const auto record = engine->run({plan, folder, observer_, interrupt});
    ADD_FAILURE() << "not interrupted; " << (record.problems.empty() ? "no problem" : record.problems.front());
  } catch (const Interrupted&) {
  }
  folder.finish(false);
  EXPECT_NE(file("nodes/server/events.jsonl").find("\"event\":\"recv\""), std::string::npos);
  EXPECT_EQ(objects_of(plan.run_id), 0u);
}

TEST_P(EngineContract, AFloodOfOutputIsCutAndCounted) {
  const auto engine = make_engine();
  // 100 MB with zeros and no line end, from a program that is no echo client.
  const auto scenario = udp_scenario("", "    command: [head, -c, \"100000000\", /dev/zero]\n" + messages(1));
  const auto plan = make_plan(scenario, *engine, run_id("flood"));
  artifacts::RunFolderWriter folder(folder_ / "run", plan, scenario.source);
  Interrupt interrupt;
  const auto record = engine->run({plan, folder, observer_, interrupt});
  EXPECT_TRUE(record.finished);
  folder.finish(true);
  const auto exit = artifacts::read_run_folder(folder_ / "run").node_exit(plan.nodes[1].name);
  EXPECT_EQ(exit.exit_code, 0);
  EXPECT_GT(exit.stdout_cut, 90'000'000u);
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  EXPECT_LT(usage.ru_maxrss, 400'000) << "KiB resident";
  EXPECT_EQ(objects_of(plan.run_id), 0u);
}

TEST_P(EngineContract, OutputIsKeptByteForByte) {
  const auto engine = make_engine();
  const auto scenario =
      udp_scenario("", "    command: [printf, '%b', '\\000a\\377\\033[2J no line end']\n" + messages(1));
  const auto plan = make_plan(scenario, *engine, run_id("binary"));
  artifacts::RunFolderWriter folder(folder_ / "run", plan, scenario.source);
  Interrupt interrupt;
  const auto record = engine->run({plan, folder, observer_, interrupt});
  EXPECT_TRUE(record.finished);
  folder.finish(true);
  EXPECT_EQ(file("nodes/" + plan.nodes[1].name + "/stdout"), std::string("\0a\xff\x1b[2J no line end", 19));
}

TEST_P(EngineContract, AServerThatDoesNotStopIsKilledAndNamed) {
  const auto engine = make_engine();
  // The first process of a PID namespace is not ended by SIGTERM unless it asks for it.
  const auto scenario = udp_scenario("    command: [sleep, \"1000\"]\n", "    command: [\"true\"]\n" + messages(1),
                                     "limits:\n  stop: 1s\n");
  const auto plan = make_plan(scenario, *engine, run_id("stays"));
  artifacts::RunFolderWriter folder(folder_ / "run", plan, scenario.source);
  Interrupt interrupt;
  const auto record = engine->run({plan, folder, observer_, interrupt});
  EXPECT_TRUE(record.finished);
  ASSERT_EQ(record.problems.size(), 1u);
  EXPECT_EQ(record.problems[0], "node server had not ended 1s after SIGTERM and was killed");
  folder.finish(true);
  EXPECT_EQ(artifacts::read_run_folder(folder_ / "run").node_exit("server").exit_code, 137);
  EXPECT_EQ(objects_of(plan.run_id), 0u);
}

TEST_P(EngineContract, ACommandThatIsNotThereIsNamed) {
  const auto engine = make_engine();
  const auto scenario = udp_scenario("", "    command: [no-such-program]\n" + messages(1));
  const auto plan = make_plan(scenario, *engine, run_id("absent"));
  artifacts::RunFolderWriter folder(folder_ / "run", plan, scenario.source);
  Interrupt interrupt;
  try {
    engine->run({plan, folder, observer_, interrupt});
    ADD_FAILURE() << "it ran";
  } catch (const EnvironmentError& error) {
    EXPECT_NE(std::string(error.what()).find("no-such-program"), std::string::npos) << error.what();
  }
  EXPECT_EQ(objects_of(plan.run_id), 0u);
}

class DockerContract : public EngineContract {};

TEST_P(DockerContract, ATakenSubnetIsNamed) {
  const auto engine = make_engine();
  const auto scenario = udp_scenario("", messages(1));
  const auto plan = make_plan(scenario, *engine, run_id("clash"));
  docker_api::NetworkSpec spec;
  spec.name = "echolab-test-foreign-" + std::to_string(::getpid());
  spec.subnets = {{plan.networks[0].subnet4->to_string(), ""}};
  const auto foreign =
      client_->await<std::string>([&](Callback<std::string> done) { create_network(*client_, spec, std::move(done)); })
          .take();
  artifacts::RunFolderWriter folder(folder_ / "run", plan, scenario.source);
  Interrupt interrupt;
  try {
    engine->run({plan, folder, observer_, interrupt});
    ADD_FAILURE() << "two networks share " << plan.networks[0].subnet4->to_string();
  } catch (const SubnetTaken& taken) {
    EXPECT_EQ(taken.prefix(), *plan.networks[0].subnet4);
  }
  EXPECT_EQ(objects_of(plan.run_id), 0u);
  // A clean-up by label, of everything of ours, leaves what is not ours.
  engine->remove_leftovers(CleanupScope::dead_owners);
  EXPECT_TRUE(client_->await<docker_api::Nothing>(
      [&](Callback<docker_api::Nothing> done) { remove_network(*client_, foreign, std::move(done)); }));
}

TEST_P(DockerContract, LeftoversOfADeadOwnerGoAndThoseOfALivingOneStay) {
  const auto engine = make_engine();
  docker::Owner dead = docker::Owner::self();
  dead.start_ticks += 1;
  const auto make = [&](const std::string& name, const docker::Owner& owner) {
    docker_api::NetworkSpec spec;
    spec.name = "echolab-test-" + name + "-" + std::to_string(::getpid());
    spec.labels = docker::labels_for(run_id(name), owner, "lab", "network");
    return client_
        ->await<std::string>([&](Callback<std::string> done) { create_network(*client_, spec, std::move(done)); })
        .take();
  };
  make("dead", dead);
  const auto alive = make("alive", docker::Owner::self());
  const auto summary = engine->remove_leftovers(CleanupScope::dead_owners);
  EXPECT_TRUE(summary.failed.empty());
  EXPECT_EQ(objects_of(run_id("dead")), 0u);
  EXPECT_EQ(objects_of(run_id("alive")), 1u);
  EXPECT_TRUE(client_->await<docker_api::Nothing>(
      [&](Callback<docker_api::Nothing> done) { remove_network(*client_, alive, std::move(done)); }));
}

INSTANTIATE_TEST_SUITE_P(Engines, EngineContract, ::testing::Values("docker", "local"), engine_name);
INSTANTIATE_TEST_SUITE_P(Engines, DockerContract, ::testing::Values("docker"), engine_name);

}  // namespace
}  // namespace echolab::engine

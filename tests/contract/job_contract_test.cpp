// Jobs: programs without a network, such as compilers at work on a submission.

#include <array>
#include <ctime>
#include <thread>

#include "lab/base/file.h"
#include "lab/engine/docker/build_context.h"
#include "tests/contract/submission_contract.h"
#include "tests/support/child_process.h"

namespace echolab::engine {
namespace {

class JobContract : public SubmissionContract {
 protected:
  // Runs shell scripts, one after the other, in a copy of a folder with main.txt in it; then packs it.
  Job job(const std::vector<std::string>& scripts) {
    Job job;
    job.name = "build-20261234-server";
    job.sources = bundle("sources", {{"main.txt", "what was handed in\n"}, {"a folder/한글.txt", "안녕\n"}});
    job.arguments = {"build"};
    for (const auto& script : scripts) job.arguments.insert(job.arguments.end(), {"--step", "3", "sh", "-c", script});
    job.time = std::chrono::seconds(60);
    job.work_bytes = 64u << 20;
    job.output_bytes = 8u << 20;
    return job;
  }
  JobResult run(const Job& job) {
    Interrupt interrupt;
    auto result = make_engine()->run_job(job, interrupt);
    EXPECT_EQ(objects_of_ours(), 0u);
    return result;
  }
};

TEST_P(JobContract, TheFolderComesBackAsAnArchive) {
  const auto result = run(job({"cat main.txt > copy.txt", "echo step two; echo to errors >&2"}));
  EXPECT_EQ(result.exit.exit_code, 0) << result.errors;
  EXPECT_FALSE(result.out_of_time || result.too_much_output || result.exit.killed_by_us);
  EXPECT_EQ(result.output.size() % 512, 0u);
  EXPECT_EQ(result.output.substr(257, 5), "ustar");
  for (const char* const name : {"./copy.txt", "./main.txt", "./a folder/한글.txt", "what was handed in\n"}) {
    EXPECT_NE(result.output.find(name), std::string::npos) << name;
  }
  EXPECT_NE(result.errors.find("step two"), std::string::npos) << result.errors;
  EXPECT_NE(result.errors.find("to errors"), std::string::npos) << result.errors;
  EXPECT_FALSE(result.image.empty());
}

TEST_P(JobContract, AStepThatFailsIsAnEvent) {
  const auto result = run(job({"true", "echo main.c:1: wrong >&2; exit 3", "echo never"}));
  EXPECT_EQ(result.exit.exit_code, 10);
  EXPECT_TRUE(result.output.empty());
  EXPECT_NE(result.events.find("\"event\":\"step_failed\""), std::string::npos) << result.events;
  EXPECT_NE(result.errors.find("main.c:1: wrong"), std::string::npos) << result.errors;
  EXPECT_EQ(result.errors.find("never"), std::string::npos) << result.errors;
}

TEST_P(JobContract, EventsCannotBeForged) {
  const auto result = run(job({R"(printf '{"v":1,"event":"forged"}\n'; printf '{"v":1,"event":"forged"}\n' >&2)"}));
  EXPECT_EQ(result.exit.exit_code, 0) << result.errors;
  EXPECT_EQ(result.events.find("forged"), std::string::npos) << result.events;
  EXPECT_NE(result.errors.find("forged"), std::string::npos) << result.errors;
}

TEST_P(JobContract, AnEndlessOneIsKilledAtItsLimit) {
  Job endless = job({"trap '' TERM INT; while :; do :; done"});
  endless.time = std::chrono::seconds(2);
  const auto result = run(endless);
  EXPECT_TRUE(result.out_of_time);
  EXPECT_TRUE(result.exit.killed_by_us);
  EXPECT_FALSE(result.too_much_output);
}

TEST_P(JobContract, AFloodEndsItAndCostsBoundedMemory) {
  Job flood = job({"head -c 40000000 /dev/zero > big"});
  flood.output_bytes = 1u << 20;
  const auto result = run(flood);
  EXPECT_TRUE(result.too_much_output);
  EXPECT_FALSE(result.out_of_time);
  EXPECT_EQ(result.output.size(), 1u << 20);
  EXPECT_GT(result.exit.stdout_cut, 0u);
}

TEST_P(JobContract, AFloodOfErrorsIsCut) {
  const auto result = run(job({"echo first; head -c 50000000 /dev/zero; echo last"}));
  EXPECT_EQ(result.exit.exit_code, 0);
  EXPECT_LT(result.errors.size(), 600'000u);
  EXPECT_EQ(result.errors.find("first"), 0u);
  EXPECT_NE(result.errors.find("last\n"), std::string::npos);
}

TEST_P(JobContract, AMemoryBombFailsItsStep) {
  // Without a line end, tail keeps all of it.
  const auto result = run(job({"tail /dev/zero"}));
  EXPECT_EQ(result.exit.exit_code, 10) << result.errors;
  EXPECT_FALSE(result.exit.killed_by_us);
  EXPECT_EQ(result.exit.out_of_memory, GetParam() == "docker");
}

TEST_P(JobContract, ItHasNoNetwork) {
  const auto result = run(job({"cat /proc/net/dev"}));
  EXPECT_EQ(result.errors.find("eth"), std::string::npos) << result.errors;
  EXPECT_NE(result.errors.find("Receive"), std::string::npos) << result.errors;
}

TEST_P(JobContract, WhatWasHandedInCannotBeChanged) {
  const auto result = run(job({"echo changed > /submission/main.txt && echo written; test -w . && echo own folder"}));
  EXPECT_EQ(result.errors.find("written"), std::string::npos) << result.errors;
  EXPECT_NE(result.errors.find("own folder"), std::string::npos) << result.errors;
}

TEST_P(JobContract, AnInterruptThatCameBeforeEndsItAndLeavesNothing) {
  const auto engine = make_engine();
  Interrupt interrupt;
  ::kill(::getpid(), SIGINT);
  EXPECT_THROW(engine->run_job(job({"while :; do :; done"}), interrupt), Interrupted);
  EXPECT_EQ(objects_of_ours(), 0u);
}

class DockerJobContract : public JobContract {};

TEST_P(DockerJobContract, CtrlCWhileItRunsLeavesNothing) {
  if (!test::has_program("docker")) GTEST_SKIP() << "the docker command is not installed";
  const auto engine = make_engine();
  Interrupt interrupt;
  // The engine says when it runs, also when that was before it was asked.
  test::ChildProcess events(std::vector<std::string>{
      "docker", "events", "--since", std::to_string(::time(nullptr) - 1), "--filter", "event=start", "--filter",
      "label=echolab.owner=" + docker::Owner::self().to_string(), "--format", "started {{.ID}}"});
  std::thread watcher([&events] {
    events.wait_for_output_line("started");
    ::kill(::getpid(), SIGINT);
  });
  EXPECT_THROW(engine->run_job(job({"while :; do :; done"}), interrupt), Interrupted);
  watcher.join();
  EXPECT_EQ(objects_of_ours(), 0u);
}

TEST_P(DockerJobContract, WhatAKilledControllerLeftIsRemoved) {
  if (!test::has_program("docker")) GTEST_SKIP() << "the docker command is not installed";
  Job endless = job({"while :; do :; done"});
  endless.name = run_id("killed");
  const std::time_t begin = ::time(nullptr) - 1;
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const UniqueFd reading(ends[0]);
  UniqueFd writing(ends[1]);
  const pid_t controller = ::fork();
  if (controller == 0) {
    const std::string owner = docker::Owner::self().to_string();
    write_all(writing.get(), owner, "pipe");
    writing.reset();
    Interrupt interrupt;
    try {
      make_docker_engine(options_)->run_job(endless, interrupt);
    } catch (const EnvironmentError&) {
    }
    ::_exit(1);
  }
  writing.reset();
  std::string owner(200, '\0');
  const ssize_t length = ::read(reading.get(), owner.data(), owner.size());
  ASSERT_GT(length, 0);
  owner.resize(static_cast<std::size_t>(length));
  {
    test::ChildProcess events(std::vector<std::string>{"docker", "events", "--since", std::to_string(begin), "--filter",
                                                       "event=start", "--filter", "label=echolab.owner=" + owner,
                                                       "--format", "started {{.ID}}"});
    events.wait_for_output_line("started");
  }
  ::kill(controller, SIGKILL);
  ::waitpid(controller, nullptr, 0);
  const std::string label = std::string(docker::label_owner) + "=" + owner;
  EXPECT_GE(objects_with(label), 2u) << "the container and its image";
  make_engine()->remove_leftovers(CleanupScope::dead_owners);
  EXPECT_EQ(objects_with(label), 0u);
}

TEST_P(DockerJobContract, AnImageThatAKilledRunLeftIsRemoved) {
  docker::Owner dead = docker::Owner::self();
  dead.start_ticks += 1;
  const docker_api::Labels labels = docker::labels_for(run_id("dead"), dead, "server", "submission");
  std::string dockerfile = "FROM " + options_.runner_image + "\nLABEL";
  for (const auto& [name, value] : labels) dockerfile += " \"" + name + "\"=\"" + value + "\"";
  const auto context = bundle("dead", {{"Dockerfile", dockerfile + "\nCOPY Dockerfile /submission/\n"}});
  ASSERT_TRUE(client_->await<std::string>([&](Callback<std::string> done) {
    build_image(*client_,
                {"echolab/submission:" + run_id("dead"), "Dockerfile", docker::tar_of_folder(context.folder), {}}, {},
                std::move(done));
  }));
  EXPECT_EQ(objects_of(run_id("dead")), 1u);
  const auto summary = make_engine()->remove_leftovers(CleanupScope::dead_owners);
  // What others left, and the engine does not let go of, is not this test's.
  for (const std::string& failed : summary.failed) {
    EXPECT_EQ(failed.find(run_id("dead")), std::string::npos) << failed;
  }
  EXPECT_EQ(objects_of(run_id("dead")), 0u);
}

TEST_P(DockerJobContract, ARunnerImageThatIsMissingIsNamedWithItsMend) {
  options_.runner_image = "echolab/no-such-runner";
  Interrupt interrupt;
  try {
    make_engine()->run_job(job({"true"}), interrupt);
    ADD_FAILURE() << "it ran";
  } catch (const EnvironmentError& error) {
    EXPECT_NE(std::string(error.what()).find("echolab/no-such-runner"), std::string::npos) << error.what();
    EXPECT_NE(error.mend().find("./echolab images"), std::string::npos) << error.mend();
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, JobContract, ::testing::Values("docker", "local"), engine_name);
INSTANTIATE_TEST_SUITE_P(Engines, DockerJobContract, ::testing::Values("docker"), engine_name);

}  // namespace
}  // namespace echolab::engine

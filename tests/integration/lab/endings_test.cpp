// However a run ends, nothing of it is left, and nothing of others is touched.

#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>

#include "lab/base/file.h"
#include "tests/integration/lab/lab.h"

namespace echolab::lab_test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class Endings : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = why_no_docker(); !reason.empty()) GTEST_SKIP() << reason;
  }

  test::Command run(const std::string& name, const std::string& scenario = "scenarios/udp-echo.yaml") {
    return echolab({"run", "--engine", "docker", "--out", (folder_ / name).string(), scenario});
  }

  // A lab that stays busy until it is ended.
  std::string long_scenario() {
    write_file_atomically(
        folder_ / "long.yaml",
        "echolab: 1\nname: long\nservers: [{name: server, protocol: udp}]\n"
        "clients: [{name: client, containers: 3, messages: {text: hello, count: 5000, interval: 100ms}}]\n"
        "limits: {run: 600s}\n");
    return (folder_ / "long.yaml").string();
  }

  test::TemporaryFolder folder_;
};

// A container and a network that look like ours to a careless eye: the name's prefix, but no label.
class Bystander {
 public:
  Bystander() {
    docker({"network", "create", "--internal", "--subnet", "198.19.255.240/28", network_});
    docker({"create", "--name", container_, "--network", network_, "echolab/echo-server"});
  }
  ~Bystander() {
    test::run_program({.argv = {"docker", "rm", "-f", container_}});
    test::run_program({.argv = {"docker", "network", "rm", network_}});
  }
  bool is_untouched() const {
    return test::run_program({.argv = {"docker", "inspect", container_}}).status == 0 &&
           test::run_program({.argv = {"docker", "network", "inspect", network_}}).status == 0;
  }

 private:
  static void docker(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "docker");
    const test::Finished finished = test::run_program({.argv = std::move(arguments)});
    if (finished.status != 0) throw std::runtime_error(finished.err);
  }
  std::string network_ = "echolab-bystander-" + std::to_string(::getpid());
  std::string container_ = "echolab-bystander-" + std::to_string(::getpid());
};

std::string run_id_in(const std::filesystem::path& run_folder) {
  return read_json(run_folder / "plan.json")["run_id"];
}

TEST_F(Endings, CtrlCRemovesEverythingAndKeepsWhatWasGathered) {
  test::ChildProcess child(run("run", long_scenario()));
  child.wait_for_error_line("clients are running");
  child.signal(SIGINT);
  EXPECT_EQ(child.wait(), 130) << child.error();
  EXPECT_THAT(objects_of_run(run_id_in(folder_ / "run")), IsEmpty());
  EXPECT_EQ(read_json(folder_ / "run/manifest.json")["complete"], false);
  EXPECT_THAT(read_file(folder_ / "run/nodes/client-1/events.jsonl"), HasSubstr("\"event\":\"ready\""));
}

TEST_F(Endings, TwoRunsAtOnceDoNotDisturbEachOther) {
  test::ChildProcess first(run("first"));
  test::ChildProcess second(run("second"));
  EXPECT_EQ(first.wait(), 0) << first.output() << first.error();
  EXPECT_EQ(second.wait(), 0) << second.output() << second.error();
  const auto subnet = [&](const char* name) {
    return read_json(folder_ / name / "plan.json")["networks"][0]["subnet4"];
  };
  EXPECT_NE(subnet("first"), subnet("second"));
}

// The points are counted in what Docker itself reports about this run's objects (create, attach, connect, start, exec,
// kill, die, …), so that they are spread over the whole run without any clock.
TEST_F(Endings, SigkillAnywhereLeavesOnlyWhatCleanRemoves) {
  const Bystander bystander;
  test::ChildProcess living(run("living", long_scenario()));  // a run of somebody else, which must go on
  living.wait_for_error_line("clients are running");

  constexpr std::size_t points = 20;
  for (std::size_t point = 0; point < points; ++point) {
    const std::string name = "killed-" + std::to_string(point);
    test::ChildProcess events(test::Command{.argv = {"docker", "events", "--filter", "label=echolab.run", "--format",
                                                     "{{index .Actor.Attributes \"echolab.owner\"}}"}});
    test::ChildProcess victim(run(name));
    const std::string owner = "\n" + std::to_string(victim.pid()) + "-";  // the living run makes events too
    const std::size_t kill_after = 1 + point * 5 / 4;                     // a run of this lab makes about thirty events
    events.wait_until([&](const std::string& out, const std::string&) {
      const std::string lines = "\n" + out;
      std::size_t seen = 0;
      for (auto at = lines.find(owner); at != std::string::npos; at = lines.find(owner, at + 1)) ++seen;
      return seen >= kill_after;
    });
    victim.signal(SIGKILL);
    const int status = victim.wait();
    EXPECT_TRUE(status == 137 || status == 0) << victim.error();

    const test::Finished clean = test::run_program(echolab({"clean", "--engine", "docker"}));
    EXPECT_EQ(clean.status, 0) << clean.out << clean.err;
    EXPECT_THAT(objects_of_run(run_id_in(folder_ / name)), IsEmpty()) << "after point " << point;
  }
  EXPECT_TRUE(bystander.is_untouched());
  EXPECT_FALSE(objects_of_run(run_id_in(folder_ / "living")).empty()) << "the living run was taken away";
  living.signal(SIGINT);
  EXPECT_EQ(living.wait(), 130);
  EXPECT_THAT(objects_of_run(run_id_in(folder_ / "living")), IsEmpty());
}

TEST_F(Endings, TheNextRunRemovesWhatAKilledOneLeft) {
  std::string killed_id;
  {
    test::ChildProcess victim(run("killed", long_scenario()));
    victim.wait_for_error_line("clients are running");
    victim.signal(SIGKILL);
    victim.wait();
    killed_id = run_id_in(folder_ / "killed");
    EXPECT_FALSE(objects_of_run(killed_id).empty());
    EXPECT_FALSE(std::filesystem::exists(folder_ / "killed/manifest.json"));
  }
  const test::Finished next = test::run_program(run("next"));
  EXPECT_EQ(next.status, 0) << next.err;
  EXPECT_THAT(objects_of_run(killed_id), IsEmpty());
}

TEST_F(Endings, AServerThatDiesEndsTheRunAtOnceWithItsLastLines) {
  write_file_atomically(folder_ / "dies.yaml",
                        "echolab: 1\nname: dies\nservers: [{name: server, protocol: udp, image: echolab/echo-server, "
                        "args: [--no-such-flag]}]\nclients: [{name: client, messages: {text: hello}}]\n");
  const test::Finished finished = test::run_program(run("dies", (folder_ / "dies.yaml").string()));
  EXPECT_NE(finished.status, 0);
  EXPECT_THAT(finished.err + finished.out, HasSubstr("server"));
  EXPECT_THAT(finished.err + finished.out, HasSubstr("no-such-flag"));
  EXPECT_THAT(objects_of_run(run_id_in(folder_ / "dies")), IsEmpty());
}

}  // namespace
}  // namespace echolab::lab_test

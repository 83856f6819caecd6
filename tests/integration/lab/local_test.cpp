// The engine of namespaces, run as root and as an ordinary user: the same verdicts as Docker's, and nothing is left,
// whenever the controller is killed.

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <set>
#include <thread>

#include "lab/base/file.h"
#include "tests/integration/lab/lab.h"

namespace echolab::lab_test {
namespace {

using testing::HasSubstr;

namespace fs = std::filesystem;

constexpr std::array services{"echo-server", "echo-client", "faulty-server", "capture-agent"};

std::vector<std::string> example_scenarios() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator("scenarios")) {
    if (entry.path().extension() == ".yaml" && entry.path().stem() != "compose") names.push_back(entry.path().stem());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// What a check said of whom, without the times and ports that differ from run to run.
using Outcome = std::array<std::string, 3>;
std::multiset<Outcome> outcomes_of(const fs::path& run) {
  std::multiset<Outcome> outcomes;
  const nlohmann::json findings = read_json(run / "findings.json");
  for (const auto& finding : findings["findings"]) {
    outcomes.insert(Outcome{finding["check"].get<std::string>(), finding["subject"].get<std::string>(),
                            finding["outcome"].get<std::string>()});
  }
  return outcomes;
}

// A folder that everybody can read holds the programs, since the source folder may be root's own.
class LocalLab : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const bool is_root = ::geteuid() == 0;
    if (GetParam() == "user" && is_root) {
      if (!test::has_program("setpriv")) GTEST_SKIP() << "setpriv is not installed";
      as_caller_ = {"setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"};
    }
    const fs::path program = echolab_binary();
    const fs::path built = program.parent_path() / "../../bin";
    if (!fs::exists(built / services.front())) GTEST_SKIP() << "the services are not built in " << built;
    fs::permissions(folder_.path(), fs::perms::owner_all | fs::perms::group_all | fs::perms::others_all);
    fs::copy_file(program, folder_ / "echolab");
    for (const char* const service : services) fs::copy_file(built / service, folder_ / service);
    fs::copy("scenarios", folder_ / "scenarios", fs::copy_options::recursive);
    const test::Finished doctor = test::run_program(local({"doctor", "--engine", "local"}));
    if (doctor.status != 0) GTEST_SKIP() << doctor.out << doctor.err;
  }

  test::Command local(const std::vector<std::string>& arguments) const {
    std::vector<std::string> argv = as_caller_;
    argv.push_back((folder_ / "echolab").string());
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    // As if installed: beside the program, whatever this test was told.
    return {.argv = std::move(argv),
            .environment = {{"ECHOLAB_SERVICES", ""}, {"HOME", "/nonexistent"}},
            .folder = folder_.path()};
  }
  test::Command run(const std::string& name, const std::string& scenario) const {
    return local({"run", "--engine", "local", "--json", "--out", (folder_ / name).string(), scenario});
  }
  std::string write_scenario(const std::string& text) {
    write_file_atomically(folder_ / "own.yaml", text);
    return (folder_ / "own.yaml").string();
  }

  test::TemporaryFolder folder_;
  std::vector<std::string> as_caller_;
};

TEST_P(LocalLab, RunsEveryExampleAndJudgesItAgainEqually) {
  const auto scenarios = example_scenarios();
  ASSERT_GE(scenarios.size(), 6u);
  for (const std::string& name : scenarios) {
    SCOPED_TRACE(name);
    const test::Finished finished = test::run_program(run(name, "scenarios/" + name + ".yaml"));
    ASSERT_EQ(finished.status, 0) << finished.out << finished.err;
    const auto result = nlohmann::json::parse(finished.out);
    EXPECT_EQ(result["verdict"], "passed");
    EXPECT_EQ(result["capture_complete"], true);
    for (const auto& client : result["clients"]) EXPECT_EQ(client["echoed"], client["planned"]) << client;
    EXPECT_EQ(read_json(folder_ / name / "engine.json")["engine"], "local");
    const test::Finished again = test::run_program(local({"verify", "--json", (folder_ / name).string()}));
    EXPECT_EQ(again.out, read_file(folder_ / name / "findings.json"));
  }
}

TEST_P(LocalLab, RecordsAsWellWithoutTcpdump) {
  const auto without = [](test::Command command) {
    command.environment["PATH"] = "/nonexistent";
    return test::run_program(command);
  };
  EXPECT_THAT(without(local({"doctor", "--engine", "local"})).out, HasSubstr("libpcap, in the capture agent"));
  const std::string scenario = "scenarios/udp-echo.yaml";
  ASSERT_EQ(test::run_program(run("with", scenario)).status, 0);
  const test::Finished finished = without(run("without", scenario));
  ASSERT_EQ(finished.status, 0) << finished.out << finished.err;
  EXPECT_EQ(nlohmann::json::parse(finished.out)["capture_complete"], true);
  EXPECT_EQ(outcomes_of(folder_ / "without"), outcomes_of(folder_ / "with"));
}

class BothEngines : public LocalLab {};

TEST_P(BothEngines, FindTheSame) {
  if (const std::string reason = why_no_docker(); !reason.empty()) GTEST_SKIP() << reason;
  std::vector<std::pair<std::string, std::string>> labs;
  for (const std::string& name : example_scenarios()) labs.emplace_back(name, "scenarios/" + name + ".yaml");
  labs.emplace_back("faulty", write_scenario("echolab: 1\nname: faulty\n"
                                             "servers: [{name: server, protocol: udp, image: echolab/faulty-server, "
                                             "args: [--fault, alter, --every, \"2\"]}]\n"
                                             "clients: [{name: client, messages: {text: hello, count: 4}}]\n"));
  for (const auto& [name, scenario] : labs) {
    SCOPED_TRACE(name);
    const int local_status = test::run_program(run(name, scenario)).status;
    const fs::path other = folder_ / (name + "-docker");
    const int docker_status = test::run_program(echolab({"run", "--engine", "docker", "--json", "--out", other.string(),
                                                         (folder_.path() / scenario).string()}))
                                  .status;
    EXPECT_EQ(local_status, docker_status);
    EXPECT_EQ(outcomes_of(folder_ / name), outcomes_of(other));
  }
}

// What the node's program sees and may do, told by itself.
TEST_P(LocalLab, ANodeIsAloneAndHasNoRights) {
  const std::string scenario = write_scenario(
      "echolab: 1\nname: inside\nservers: [{name: server, protocol: udp}]\n"
      "clients: [{name: client, command: [sh, -c, \"cat /proc/self/status; ls /proc; cat /etc/hosts; hostname; id -u; "
      "cat own.yaml >/dev/null && echo own folder; touch own-file || echo read-only; ls /run; touch /tmp/x && ls "
      "/tmp/x; "
      "unshare -U true || echo no namespaces; ls /sys/class/net >/dev/null; cat /proc/net/dev\"], messages: {text: "
      "hi}}]\n");
  test::run_program(run("inside", scenario));
  const std::string out = read_file(folder_ / "inside/nodes/client-1/stdout");
  const std::string err = read_file(folder_ / "inside/nodes/client-1/stderr");
  for (const char* const part :
       {"CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2", "\n65532\n",
        "\nclient-1\n", "\tserver\n", "own folder\n", "read-only\n", "/tmp/x\n", "no namespaces\n", "eth0:", "lo:"}) {
    EXPECT_THAT(out, HasSubstr(part)) << err;
  }
  EXPECT_THAT(out, testing::Not(HasSubstr("docker.sock")));
  EXPECT_FALSE(fs::exists(folder_ / "own-file"));
}

TEST_P(LocalLab, AnotherImageIsRefusedWithAWayOut) {
  const std::string scenario = write_scenario(
      "echolab: 1\nname: foreign\nservers: [{name: server, protocol: udp, image: python:3}]\n"
      "clients: [{name: client, messages: {text: hi}}]\n");
  const test::Finished finished = test::run_program(run("foreign", scenario));
  EXPECT_EQ(finished.status, 3);
  EXPECT_THAT(finished.err, HasSubstr("python:3 is an image"));
  EXPECT_THAT(finished.err, HasSubstr("--engine docker"));
}

// Those of Docker labs come and go with other tests: bridges, nodes, and the capture agent's hold on a bridge's carrier.
// A local lab's would be called lab0 and node1, and lie elsewhere.
std::vector<std::string> links_but_dockers() {
  std::vector<std::string> links = host_links();
  std::erase_if(links, [](const std::string& name) {
    return name.starts_with("br-") || name.starts_with("veth") || name.starts_with("el");
  });
  return links;
}

std::vector<std::string> mounts_but_dockers() {
  std::vector<std::string> mounts = lines_of(read_file("/proc/self/mountinfo"));
  std::erase_if(mounts, [](const std::string& mount) { return mount.find("docker") != std::string::npos; });
  return mounts;
}

// Orphans of a killed controller become this process's children, so that their end is an event. Nothing else holds a
// namespace but processes and mounts.
TEST_P(LocalLab, SigkillAtAnyMomentLeavesNothing) {
  constexpr int kills = 100;
  ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
  const std::string scenario = write_scenario(
      "echolab: 1\nname: short\nservers: [{name: server, protocol: both}]\n"
      "clients: [{name: client, containers: 3, protocol: udp, messages: {text: hello, count: 3, interval: 20ms}}]\n");
  ASSERT_EQ(test::run_program(run("whole", scenario)).status, 0);
  const auto links = links_but_dockers();
  const auto mounted = mounts_but_dockers();
  const unsigned seed = std::random_device()();
  std::mt19937 random(seed);
  int killed = 0;
  for (int i = 0; i < kills; ++i) {
    test::ChildProcess victim(run("killed-" + std::to_string(i), scenario));
    // No wait for anything: the moment itself is what is drawn.
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 400'000));
    victim.signal(SIGKILL);
    if (victim.wait() == 137) ++killed;
    while (::waitpid(-1, nullptr, __WALL) > 0) {
    }
    ASSERT_EQ(errno, ECHILD) << "seed " << seed;
    fs::remove_all(folder_ / ("killed-" + std::to_string(i)));
  }
  EXPECT_GT(killed, kills / 4) << "the moments were drawn too late; seed " << seed;
  EXPECT_EQ(links_but_dockers(), links);
  EXPECT_EQ(mounts_but_dockers(), mounted);
}

TEST_P(LocalLab, TwoLabsAtOnceDoNotDisturbEachOther) {
  const std::string scenario = write_scenario(
      "echolab: 1\nname: twin\nnetworks: [{name: lab, subnet: 198.18.7.0/28}]\n"
      "servers: [{name: server, protocol: udp}]\n"
      "clients: [{name: client, messages: {text: hello, count: 20, interval: 10ms}}]\n");
  test::ChildProcess first(run("first", scenario)), second(run("second", scenario));
  EXPECT_EQ(first.wait(), 0) << first.error();
  EXPECT_EQ(second.wait(), 0) << second.error();
}

// An ordinary user has no way to become root, so there is nothing to skip.
std::vector<std::string> callers() {
  if (::geteuid() == 0) return {"root", "user"};
  return {"user"};
}
INSTANTIATE_TEST_SUITE_P(As, LocalLab, testing::ValuesIn(callers()), [](const auto& each) { return each.param; });
// One caller is enough: that both get the same locally is shown above.
INSTANTIATE_TEST_SUITE_P(As, BothEngines, testing::Values(callers().back()),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace echolab::lab_test

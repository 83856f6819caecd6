// A batch that is killed again and again, and resumed, ends with the reports of one that nobody disturbed.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <signal.h>

#include <map>
#include <random>

#include "lab/base/file.h"
#include "tests/integration/lab/lab.h"

namespace echolab::lab_test {
namespace {

constexpr int students = 12, kills = 20;
constexpr int most_events = 12;  // of Docker's about one controller's containers, before it is killed

constexpr const char* server = R"(import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("0.0.0.0", 5000))
while True:
    data, peer = s.recvfrom(4096)
    s.sendto({reply}, peer)
)";

constexpr const char* scenario = R"(echolab: 1
name: udp-server
servers: [{name: server, protocol: udp, submitted: true}]
clients:
  - {name: client, student_identity: true, messages: {text: ["{student_id} {nonce}", "{name}"], count: 4, timeout: 2s}}
submission: {}
checks: [{kind: echoes_match, points: 4}, {kind: nothing_else_echoed, points: 1}]
limits: {ready: 20s, run: 30s, stop: 3s}
)";

std::string id_of(int number) {
  return fmt::format("2026{:04}", number);
}

class GradeEndings : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = why_no_docker(); !reason.empty()) GTEST_SKIP() << reason;
    std::string roster = "id,name,department\n";
    for (int number = 1; number <= students; ++number) {
      roster += fmt::format("{},학생 {},컴퓨터공학과\n", id_of(number), number);
      if (number == 5) continue;  // handed nothing in
      std::string text = server;
      const std::string reply = number % 4 == 0 ? "data.swapcase()" : "data";
      text.replace(text.find("{reply}"), 7, reply);
      if (number == 7) text = "this is no Python\n";
      create_folders(folder_ / "hand-ins" / id_of(number));
      write_file_atomically(folder_ / "hand-ins" / id_of(number) / "server.py", text);
    }
    write_file_atomically(folder_ / "roster.csv", roster);
    write_file_atomically(folder_ / "udp.yaml", scenario);
  }

  test::Command grade(const std::string& out, bool resume) {
    std::vector<std::string> arguments{
        "grade", "--roster", path("roster.csv"), "--submissions", path("hand-ins"), "--scenario", path("udp.yaml"),
        "--out", path(out),  "--engine",         "docker",        "--seed",         "7"};
    if (resume) arguments.emplace_back("--resume");
    return echolab(std::move(arguments));
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  test::TemporaryFolder folder_;
};

std::map<std::string, int> finished_records(const std::filesystem::path& journal) {
  std::map<std::string, int> records;
  for (const std::string& line : lines_of(read_file(journal))) {
    const auto record = nlohmann::json::parse(line.substr(9));
    if (record["event"] == "finished") ++records[record["student"]];
  }
  return records;
}

TEST_F(GradeEndings, KilledTwentyTimesAndResumedGivesEqualReports) {
  const test::Finished undisturbed = test::run_program(grade("undisturbed", false), std::chrono::seconds(200));
  ASSERT_EQ(undisturbed.status, 0) << undisturbed.out << undisturbed.err;

  std::mt19937 random(20261123);  // the same moments in every run, as far as Docker's events come alike
  for (int kill = 0; kill < kills; ++kill) {
    test::ChildProcess events(
        test::Command{.argv = {"docker", "events", "--filter", "label=echolab.run", "--format", "{{.Action}}"}});
    test::ChildProcess victim(grade("killed", kill > 0));
    const auto wanted = std::uniform_int_distribution<>(0, most_events)(random);
    events.wait_until_or_end_of(victim, [&](const std::string& out, const std::string&) {
      return std::count(out.begin(), out.end(), '\n') >= wanted;
    });
    victim.signal(SIGKILL);
    victim.wait();
  }
  const test::Finished last = test::run_program(grade("killed", true), std::chrono::seconds(200));
  ASSERT_EQ(last.status, 0) << last.out << last.err;

  for (const char* const report :
       {"results.json", "junit.xml", "gradebook.csv", "canvas.csv", "checks.csv", "summary.md", "class.html"}) {
    EXPECT_EQ(read_file(folder_ / "undisturbed" / report), read_file(folder_ / "killed" / report)) << report;
  }
  const auto records = finished_records(folder_ / "killed/journal");
  EXPECT_EQ(records.size(), students);
  for (const auto& [student, times] : records) EXPECT_EQ(times, 1) << student << " was graded twice";
  EXPECT_FALSE(std::filesystem::exists(folder_ / "killed/.work"));
  const test::Finished clean = test::run_program(echolab({"clean", "--engine", "docker"}));
  EXPECT_THAT(clean.out, testing::HasSubstr("0 removed")) << "something of a killed batch was left";
}

TEST_F(GradeEndings, OneStudentIsGradedAgainWhenAskedFor) {
  const auto only = [this](std::vector<std::string> more) {
    test::Command command = grade("again", true);
    command.argv.insert(command.argv.end(), {"--only", id_of(5), "--only", id_of(7)});
    command.argv.insert(command.argv.end(), more.begin(), more.end());
    return test::run_program(command);
  };
  ASSERT_EQ(only({}).status, 0);
  ASSERT_EQ(only({}).status, 0);
  EXPECT_EQ(finished_records(folder_ / "again/journal")[id_of(5)], 1);
  ASSERT_EQ(only({"--again"}).status, 0);
  EXPECT_EQ(finished_records(folder_ / "again/journal")[id_of(5)], 2);
  EXPECT_EQ(finished_records(folder_ / "again/journal").size(), 2u);
}

TEST_F(GradeEndings, ASecondControllerIsRefused) {
  test::ChildProcess first(grade("shared", false));
  first.wait_for_error_line("at most");
  const test::Finished second = test::run_program(grade("shared", true));
  EXPECT_EQ(second.status, 3);
  EXPECT_THAT(second.err, testing::HasSubstr("another echolab is at work"));
  first.signal(SIGINT);
  EXPECT_EQ(first.wait(), 130) << first.error();
}

}  // namespace
}  // namespace echolab::lab_test

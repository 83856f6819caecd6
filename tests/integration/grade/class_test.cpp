// The example class in scenarios/class is graded on real Docker: every student has the mark and the reason of the tables
// below, whatever else the machine does, and the files and reports are what docs/grading.md promises.

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <memory>
#include <thread>

#include "lab/base/file.h"
#include "tests/integration/lab/lab.h"
#include "tests/support/tool.h"

namespace echolab::lab_test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAreArray;

const fs::path class_folder = "scenarios/class";
const std::string python = "/usr/bin/python3";  // Debian's, which has Debian's python3-pil

struct Expected {
  std::string student;
  double points, most;
  std::string status;
  std::vector<std::string> reason;  // words of it that tell the student what to mend
};

// What is wrong with each of them: scenarios/class/README.md.
const std::vector<Expected> of_udp_servers{
    {"20260001", 10, 10, "passed", {}},
    {"20260002", 10, 10, "passed", {}},
    {"20260003", 10, 10, "passed", {}},
    {"20260004", 10, 10, "passed", {}},
    {"20260005", 10, 10, "passed", {}},
    {"20260006", 4, 10, "failed", {"was altered", "the first difference is at byte"}},
    {"20260007", 4, 10, "failed", {"got no echo"}},
    {"20260008", 0, 10, "failed", {"got no echo", "an answer came from"}},
    {"20260009", 0, 10, "failed", {"got no echo"}},
    {"20260010", 4, 10, "failed", {"server ended by itself with exit status 1", "IndexError"}},
    {"20260011", 4, 10, "failed", {"was altered", "bytes came back of"}},
    {"20260012", 0, 10, "failed", {"server ended by itself with exit status 1", "Cannot assign requested address"}},
    {"20260013", 0, 10, "failed", {"server.c does not build: gcc failed", "server.c:6:3", "expected"}},
    {"20260014", 10, 10, "passed", {}},
    {"20260015", 0, 10, "missing", {"there is no 20260015/"}},
    {"20260016", 0, 10, "failed", {"got no echo", "an ICMP error said"}},
};

// tcp-server (5 points), udp-client (5) and run-for (2) together.
const std::vector<Expected> of_three_ways{
    {"20260001", 12, 12, "passed", {}},
    {"20260002", 7, 12, "failed", {"there is no file tcp_server"}},
    {"20260014", 4, 12, "failed", {"there is no file tcp_server"}},
};

const std::vector<Expected> of_hand_ins{
    {"20260001", 4, 4, "passed", {}},  // Windows' loopback
    {"20260002", 4, 4, "passed", {}},  // CP949
    {"20260006", 0, 4, "failed", {"'20260006' is in no message"}},
    {"20260007", 1, 4, "failed", {"nothing in the capture came back"}},
    {"20260015", 0, 4, "missing", {"there is no 20260015/"}},
};

test::Finished grade(const fs::path& out, const std::vector<std::string>& scenarios,
                     const std::vector<std::string>& more = {}) {
  std::vector<std::string> words{"grade",
                                 "--engine",
                                 "docker",
                                 "--seed",
                                 "7",
                                 "--roster",
                                 class_folder / "roster.csv",
                                 "--submissions",
                                 class_folder / "submissions",
                                 "--out",
                                 out.string()};
  for (const std::string& scenario : scenarios) {
    words.insert(words.end(), {"--scenario", class_folder / (scenario + ".yaml")});
  }
  words.insert(words.end(), more.begin(), more.end());
  return test::run_program(echolab(words), std::chrono::seconds(280));
}

std::vector<std::string> only(const std::vector<Expected>& table) {
  std::vector<std::string> words{"--only"};
  for (const Expected& expected : table) words.push_back(expected.student);
  return words;
}

json inspect(std::vector<std::string> words) {
  words.insert(words.begin(), {python, "-B", "tests/integration/grade/inspect_class.py"});
  return json::parse(test::output_of(words));
}

json students_of(const fs::path& grades) {
  const json results = read_json(grades / "results.json");
  json by_id;
  for (const json& student : results["students"]) by_id[student["student"]["id"]] = student;
  return by_id;
}

void expect_marks(const fs::path& grades, const std::vector<Expected>& table) {
  const json students = students_of(grades);
  EXPECT_EQ(students.size(), table.size());
  for (const Expected& expected : table) {
    SCOPED_TRACE(expected.student);
    ASSERT_TRUE(students.contains(expected.student));
    const json& got = students[expected.student];
    EXPECT_EQ(got["points"].get<double>(), expected.points) << got.dump(1);
    EXPECT_EQ(got["most"].get<double>(), expected.most);
    EXPECT_EQ(got["status"], expected.status);
    const std::string reason = got["reason"];
    EXPECT_EQ(reason.empty(), expected.reason.empty()) << reason;
    for (const std::string& words : expected.reason) EXPECT_THAT(reason, HasSubstr(words));
  }
}

// What must not depend on the machine: points, status, and the outcome of every check.
json marks_only(const json& student) {
  json marks{{"points", student["points"]}, {"status", student["status"]}};
  for (const json& check : student["checks"]) marks["checks"].push_back({check["check"], check["outcome"]});
  return marks;
}

// As tshark prints bytes.
std::string in_hexadecimal(const std::string& text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += {digits[byte >> 4], digits[byte & 15]};
  }
  return out;
}

class ExampleClass : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    why_not_ = why_no_docker();
    for (const char* const tool : {"tshark", "/usr/bin/python3"}) {
      if (why_not_.empty() && !test::has_tool(tool)) why_not_ = std::string(tool) + " is not installed";
    }
    if (!why_not_.empty()) return;
    folder_ = std::make_unique<test::TemporaryFolder>();
    graded_ = grade(grades(), {"udp-server"}, {"--jobs", "auto"});
  }
  static void TearDownTestSuite() { folder_.reset(); }

  void SetUp() override {
    if (!why_not_.empty()) GTEST_SKIP() << why_not_;
    ASSERT_EQ(graded_.status, 0) << graded_.out << graded_.err;
  }

  static fs::path grades() { return *folder_ / "grades"; }

  inline static std::string why_not_;
  inline static std::unique_ptr<test::TemporaryFolder> folder_;
  inline static test::Finished graded_;
};

TEST_F(ExampleClass, EveryServerHasItsMarkAndReason) {
  expect_marks(grades(), of_udp_servers);
}

TEST_F(ExampleClass, ThreeWaysToGradeMixInOneBatch) {
  const fs::path out = *folder_ / "three-ways";
  const auto finished = grade(out, {"tcp-server", "udp-client", "run-for"}, only(of_three_ways));
  ASSERT_EQ(finished.status, 0) << finished.out << finished.err;
  expect_marks(out, of_three_ways);
  const json students = students_of(out);
  for (const json& check : students["20260014"]["checks"]) {
    if (check["scenario"] != "udp-client" || check["check"] != "echoes_match") continue;
    EXPECT_THAT(check["message"].get<std::string>(), HasSubstr("was not sent as planned")) << "ASCII for Korean";
    return;
  }
  FAIL() << "the client was not judged";
}

TEST_F(ExampleClass, HandInsAreJudgedWithoutRunningAnything) {
  const fs::path out = *folder_ / "hand-in";
  const auto finished = grade(out, {"hand-in"}, only(of_hand_ins));
  ASSERT_EQ(finished.status, 0) << finished.out << finished.err;
  expect_marks(out, of_hand_ins);
  const json alike = read_json(out / "results.json")["alike"];
  ASSERT_EQ(alike.size(), 1u) << alike.dump(1);
  EXPECT_EQ(alike[0]["first"], "20260001");
  EXPECT_EQ(alike[0]["second"], "20260006");
}

TEST_F(ExampleClass, OneAtATimeBesideABusyMachineGivesTheSameMarks) {
  // Bounded, should this test die before it ends them.
  const std::string spin = "import time\nend = time.monotonic() + 300\nwhile time.monotonic() < end: pass";
  std::vector<std::unique_ptr<test::ChildProcess>> busy;
  for (unsigned i = 0; i < std::max(2u, std::thread::hardware_concurrency()); ++i) {
    busy.push_back(std::make_unique<test::ChildProcess>(std::vector<std::string>{python, "-c", spin}));
  }
  const std::vector<std::string> handful{"20260001", "20260004", "20260006", "20260007", "20260012"};
  std::vector<std::string> more{"--jobs", "1", "--only"};
  more.insert(more.end(), handful.begin(), handful.end());
  const auto finished = grade(*folder_ / "one-by-one", {"udp-server"}, more);
  ASSERT_EQ(finished.status, 0) << finished.out << finished.err;
  const json together = students_of(grades()), alone = students_of(*folder_ / "one-by-one");
  EXPECT_EQ(alone.size(), handful.size());
  for (const std::string& student : handful) EXPECT_EQ(marks_only(alone[student]), marks_only(together[student]));
}

TEST_F(ExampleClass, ACaptureHoldsItsOwnStudentsTrafficOnly) {
  std::map<std::string, std::string> nonces;
  for (const Expected& each : of_udp_servers) {
    nonces[each.student] = read_json(grades() / each.student / "manifest.json")["scenarios"][0]["nonce"];
  }
  std::size_t captures = 0;
  for (const auto& [student, own] : nonces) {
    SCOPED_TRACE(student);
    const fs::path capture = grades() / student / (student + ".pcapng");
    if (!fs::exists(capture)) continue;
    const std::string requests =
        test::output_of({"tshark", "-r", capture.string(), "-d", "udp.port==5000,echo", "-Y", "udp.dstport==5000", "-T",
                         "fields", "-e", "echo.data", "-e", "frame.comment"});
    if (requests.empty()) continue;  // a server that was never there: no client sent anything
    ++captures;
    EXPECT_THAT(requests, HasSubstr(in_hexadecimal(own)));
    EXPECT_THAT(requests, HasSubstr("client-1 message 1, "));
    const std::string bytes = read_file(capture);
    for (const auto& [other, nonce] : nonces) {
      EXPECT_TRUE(other == student || bytes.find(nonce) == std::string::npos) << "of " << other;
    }
  }
  EXPECT_GE(captures, 12u);
}

TEST_F(ExampleClass, APictureCanBeRead) {
  if (test::run_program({.argv = {python, "-c", "import PIL"}}).status != 0) GTEST_SKIP() << "python3-pil is missing";
  const json pictures = inspect({"pictures", grades().string()});
  EXPECT_EQ(pictures.size(), of_udp_servers.size()) << "one for each, who handed in nothing too";
  for (const auto& [student, picture] : pictures.items()) {
    SCOPED_TRACE(student + " " + picture.dump());
    EXPECT_GE(picture["width"], 400);
    EXPECT_GE(picture["height"], 100);
    EXPECT_LE(picture["width"], 4096);
    EXPECT_LE(picture["height"], 4096);
    EXPECT_GT(picture["colours"], 16) << "letters have soft edges";
    EXPECT_GT(picture["ink"], 0.01);
  }
}

TEST_F(ExampleClass, ReportsAgreeWithTheResults) {
  const json students = students_of(grades()), reports = inspect({"reports", grades().string()});
  EXPECT_EQ(reports["gradebook"].size(), students.size());
  EXPECT_EQ(reports["junit"].size(), students.size());
  for (const auto& [id, student] : students.items()) {
    SCOPED_TRACE(id);
    EXPECT_EQ(std::stod(reports["gradebook"][id]["점수"].get<std::string>()), student["points"].get<double>());
    EXPECT_EQ(reports["gradebook"][id]["이름"], student["student"]["name"]);
    EXPECT_EQ(std::stod(reports["canvas"][id].get<std::string>()), student["points"].get<double>());
    json outcomes;
    for (const json& check : student["checks"])
      outcomes["udp-server/" + check["check"].get<std::string>()] = check["outcome"];
    EXPECT_EQ(reports["junit"][id], outcomes);
  }
}

TEST_F(ExampleClass, FetchHandsBackExactlyTheFilesAndRefusesChangedOnes) {
  std::vector<std::string> files;
  for (const Expected& each : of_udp_servers) {
    for (const char* const extension : {".pcapng", ".png"}) {
      if (fs::exists(grades() / each.student / (each.student + extension))) files.push_back(each.student + extension);
    }
  }
  const fs::path archive = *folder_ / "class.zip", unpacked = *folder_ / "unpacked";
  const auto fetched =
      test::run_program(echolab({"fetch", "--all", "--from", grades().string(), "--archive", archive.string()}));
  ASSERT_EQ(fetched.status, 0) << fetched.err;
  const auto names = inspect({"archive", archive.string(), unpacked.string()}).get<std::vector<std::string>>();
  EXPECT_THAT(names, UnorderedElementsAreArray(files));
  for (const std::string& name : names) {
    EXPECT_EQ(read_file(unpacked / name), read_file(grades() / fs::path(name).stem() / name)) << name;
  }

  const fs::path copy = *folder_ / "changed", capture = copy / "20260001/20260001.pcapng";
  fs::copy(grades(), copy, fs::copy_options::recursive);
  write_file_atomically(capture, read_file(capture) + "x");
  const auto refused = test::run_program(
      echolab({"fetch", "20260001", "20260002", "--from", copy.string(), "--to", (*folder_ / "refused").string()}));
  EXPECT_EQ(refused.status, 3);
  EXPECT_THAT(refused.err, HasSubstr("20260001.pcapng was changed since it was graded"));
  EXPECT_FALSE(fs::exists(*folder_ / "refused/20260002.png")) << "all or nothing";
}

TEST_F(ExampleClass, RegradeShowsWhoChangesAndWritesOnlyWhenAsked) {
  const fs::path copy = *folder_ / "regraded", wanted = *folder_ / "udp-server.yaml";
  fs::copy(grades(), copy, fs::copy_options::recursive);
  std::string scenario = read_file(class_folder / "udp-server.yaml");
  const std::string points = "applies_to: sizes, points: 2";
  ASSERT_NE(scenario.find(points), std::string::npos);
  write_file_atomically(wanted, scenario.replace(scenario.find(points), points.size(), "applies_to: sizes, points: 5"));
  const auto regrade = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"regrade", copy.string(), "--scenario", wanted.string(), "--json"});
    const auto finished = test::run_program(echolab(more));
    EXPECT_EQ(finished.status, 0) << finished.err;
    return json::parse(finished.out);
  };
  const std::string before = read_file(copy / "results.json");
  const json shown = regrade({});
  EXPECT_EQ(shown["applied"], false);
  EXPECT_EQ(shown["changes"].size(), of_udp_servers.size()) << "the most of each is another";
  for (const json& change : shown["changes"]) {
    const double gained = change["before"]["points"] == 10 ? 3 : 0;  // nobody but who has all points has these
    EXPECT_EQ(change["after"]["points"].get<double>(), change["before"]["points"].get<double>() + gained);
    EXPECT_EQ(change["after"]["most"].get<double>(), 13);
  }
  EXPECT_EQ(read_file(copy / "results.json"), before);

  regrade({"--apply"});
  const json after = students_of(copy);
  EXPECT_EQ(after["20260001"]["points"].get<double>(), 13);
  EXPECT_THAT(after["20260010"]["reason"].get<std::string>(), HasSubstr("IndexError")) << "reasons are computed again";
  EXPECT_THAT(regrade({})["changes"], IsEmpty());
  EXPECT_EQ(test::run_program(
                echolab({"fetch", "--all", "--from", copy.string(), "--archive", (*folder_ / "regraded.zip").string()}))
                .status,
            0);
}

}  // namespace
}  // namespace echolab::lab_test

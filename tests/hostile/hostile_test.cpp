// A class of students who attack the grader, and two who just did their work, graded at once as an instructor would.
// Each folder of class/ says what it tries; make_class.py adds what no repository can hold.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <set>

#include "lab/base/file.h"
#include "tests/integration/lab/lab.h"

namespace echolab::lab_test {
namespace {

namespace fs = std::filesystem;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

const fs::path sources = "tests/hostile";
constexpr const char* environment_canary = "canary-in-the-environment";
constexpr const char* scenario_canary = "CANARY-IN-THE-SCENARIO";

struct Row {
  const char* student;
  const char* attack;
  const char* status;
  double points;
  const char* limit;          // that must be among those hit; empty: none may be hit
  const char* reason;         // words of it
  const char* or_limit = "";  // on a machine where time runs out before
};

// What is contained and still echoes gets its points: marks are for echoes, not for manners.
constexpr Row rows[] = {
    {"honest-python", "none", "passed", 10, "", ""},
    {"honest-c", "none", "passed", 10, "", ""},
    {"fork-bomb", "forks for ever", "failed", 0, "processes", "no echo"},
    {"fork-orphans", "sessions that ignore signals", "failed", 0, "processes", "no echo"},
    {"endless-loop", "computes, never listens", "failed", 0, "time", "no echo"},
    {"holds-on", "listens, never answers", "failed", 0, "", "no echo"},
    {"memory-heap", "memory, on the heap", "failed", 0, "memory", "no echo"},
    {"memory-threads", "memory, stacks of threads", "failed", 0, "memory", "no echo"},
    {"memory-tmpfs", "memory, in files", "failed", 0, "memory", "no echo"},
    {"log-bomb", "endless output, NULs", "failed", 0, "output", "no echo"},
    {"disk-fill", "fills bytes and inodes, then echoes", "passed", 10, "disk", ""},
    {"snoop", "reads what it can", "failed", 0, "", "no echo"},
    {"forged-result", "writes its own verdict", "failed", 0, "", "no echo"},
    {"network", "sends to everybody", "failed", 0, "", "no echo"},
    {"system-calls", "calls that lead out", "failed", 0, "", "no echo"},
    {"build-time", "build that never ends", "failed", 0, "build_time", "still being built"},
    {"build-include", "includes secrets", "failed", 0, "", "Permission denied"},
    {"build-incbin", "assembles secrets", "failed", 0, "", "does not build"},
    {"build-bomb", "template bomb", "failed", 0, "memory", "server.cpp", "build_time"},
    {"build-disk", "builds a gigabyte", "failed", 0, "disk", "No space left"},
    {"build-noise", "a gigabyte of errors", "failed", 0, "", "does not build"},
    {"build-escape", "shell in the build, then echoes", "passed", 10, "", ""},
    {"build-swap", "swaps files while they are packed", "passed", 10, "", ""},
    {"build-links", "hands out links as its result", "failed", 0, "", "can't be run"},
    {"special-files", "links, FIFO, socket, 1 TiB", "passed", 10, "", ""},
    {"many-files", "5,000 files", "missing", 0, "", "more than 2,000 files"},
    {"odd-names", "names for shells and terminals", "passed", 10, "", ""},
    {"zip-names", "names out of the archive", "passed", 10, "", ""},
    {"zip-bomb", "400 MiB in a few kilobytes", "missing", 0, "", "zip-bomb.zip has more than 64.0 MiB"},
    {"tar-links", "writes through links", "passed", 10, "", ""},
    {"replay", "answers learned by heart", "failed", 0, "", "altered"},
    {"terminal-escapes", "escapes for terminals", "failed", 0, "", "message 1"},
    {"injection", "HTML, CSV, XML, annotations", "failed", 0, "", "message 1"},
};

std::string text_of(const fs::path& file) {
  return fs::exists(file) ? read_file(file) : "";
}

// What the one grading of the class left.
struct Graded {
  test::TemporaryFolder folder;
  test::Finished finished;
  std::uintmax_t free_before = 0, free_after = 0;
  fs::path student(const std::string& id) const { return folder / "out" / id; }
  std::string transcript(const std::string& id) const {
    return text_of(student(id) / "transcripts/hostile-server.txt");
  }
};

void grade(Graded& graded) {
  const fs::path submissions = graded.folder / "class";
  fs::copy(sources / "class", submissions, fs::copy_options::recursive);
  const test::Finished made =
      test::run_program({.argv = {"python3", (sources / "make_class.py").string(), submissions.string()}});
  ASSERT_EQ(made.status, 0) << made.err;
  graded.free_before = fs::space(graded.folder.path()).available;
  test::Command command =
      echolab({"grade", "--roster", (sources / "roster.csv").string(), "--submissions", submissions.string(),
               "--scenario", (sources / "class.yaml").string(), "--out", (graded.folder / "out").string(), "--engine",
               "docker", "--seed", "7", "--jobs", "auto"});
  command.environment = {{"ECHOLAB_CANARY", environment_canary},
                         {"GITHUB_ACTIONS", "true"},
                         {"GITHUB_STEP_SUMMARY", (graded.folder / "step-summary.md").string()}};
  graded.finished = test::run_program(command, std::chrono::seconds(400));
  graded.free_after = fs::space(graded.folder.path()).available;
  ASSERT_EQ(graded.finished.status, 0) << graded.finished.out << graded.finished.err;
}

void expect_verdicts(const Graded& graded) {
  std::cout << fmt::format("{:<17} {:<35} {:<24} got\n", "student", "attack", "expected");
  for (const Row& row : rows) {
    const nlohmann::json result = read_json(graded.student(row.student) / "result.json");
    std::set<std::string> limits;
    for (const auto& hit : result.at("limits")) limits.insert(hit.at("limit").get<std::string>());
    const std::string status = result.at("status"), reason = result.at("reason");
    const double points = result.at("points");
    std::cout << fmt::format("{:<17} {:<35} {:<24} {} {:g} {}{}{}\n", row.student, row.attack,
                             fmt::format("{} {:g} {}", row.status, row.points, row.limit), status, points,
                             fmt::join(limits, "+"), limits.empty() ? "" : " ", reason.substr(0, 110));
    EXPECT_EQ(status, row.status) << row.student << ": " << reason;
    EXPECT_EQ(points, row.points) << row.student;
    EXPECT_EQ(result.at("most"), 10) << row.student;
    EXPECT_THAT(reason, HasSubstr(row.reason)) << row.student;
    if (*row.limit == '\0') {
      EXPECT_TRUE(limits.empty()) << row.student << ": " << *limits.begin();
    } else {
      EXPECT_TRUE(limits.contains(row.limit) || limits.contains(row.or_limit))
          << row.student << " hit no limit of " << row.limit;
    }
  }
  const nlohmann::json students = read_json(graded.folder / "out/results.json").at("students");
  EXPECT_EQ(students.size(), std::size(rows));  // nobody is in the class without a line above
}

void expect_nothing_secret_seen(const Graded& graded) {
  const std::string seen = graded.transcript("snoop");
  EXPECT_THAT(seen, HasSubstr("/proc/1/environ Permission denied"));  // it did look
  EXPECT_THAT(seen, HasSubstr("/submission/server.py b'"));
  EXPECT_THAT(seen, HasSubstr("\ndone"));
  for (const auto& entry : fs::recursive_directory_iterator(graded.folder / "out")) {
    if (!entry.is_regular_file()) continue;
    const std::string text = read_file(entry.path());
    EXPECT_EQ(text.find(environment_canary), std::string::npos) << entry.path();
    const bool from_cage = entry.path().parent_path().filename() == "transcripts" || entry.path().extension() == ".log";
    if (!from_cage) continue;
    EXPECT_EQ(text.find(scenario_canary), std::string::npos) << entry.path();
    EXPECT_EQ(text.find("root:x:0:0:root"), std::string::npos) << entry.path();           // somebody's /etc/passwd
    EXPECT_EQ(text.find("What the course asks for"), std::string::npos) << entry.path();  // an honest program
  }
}

void expect_nothing_reached(const Graded& graded) {
  const std::string tried = graded.transcript("network");
  for (const char* const what : {"gateway dns", "internet http", "metadata http", "docker docker", "names", "ipv6",
                                 "link-local ssh", "other labs"}) {
    EXPECT_THAT(tried, HasSubstr(std::string(what) + " refused"));
  }
  EXPECT_THAT(tried, HasSubstr("\ndone"));
  EXPECT_THAT(tried, Not(HasSubstr("REACHED")));

  std::string of_the_lab;
  const nlohmann::json plan = read_json(graded.student("network") / "runs/hostile/plan.json");
  for (const auto& node : plan.at("nodes")) {
    of_the_lab +=
        fmt::format("{}ip.src == {}", of_the_lab.empty() ? "" : " || ", node.at("address4").get<std::string>());
  }
  const test::Finished strangers =
      test::run_program({.argv = {"tshark", "-r", (graded.student("network") / "network.pcapng").string(), "-Y",
                                  // 0.0.0.0 and link-local sources: what the bridge itself asks about multicast groups.
                                  "(ip || ipv6) && !(" + of_the_lab + ") && !(ip.src == 0.0.0.0) && "
                                  "!(ipv6.src == fe80::/10 || ipv6.src == ::)",
                                  "-T", "fields", "-e", "frame.number"}});
  EXPECT_EQ(strangers.status, 0) << strangers.err;
  EXPECT_EQ(strangers.out, "");

  const std::string build = text_of(graded.student("build-escape") / "build-server.log");
  EXPECT_THAT(build, HasSubstr("Read-only file system"));
  EXPECT_THAT(build, HasSubstr("Permission denied"));
  EXPECT_THAT(build, Not(ContainsRegex("\nREACHED")));
  EXPECT_THAT(build, Not(ContainsRegex("\nFOUND")));
}

void expect_no_way_out(const Graded& graded) {
  const std::string tried = graded.transcript("system-calls");
  for (const char* const call :
       {"docker.sock", "ptrace",           "mount",       "unshare user",   "unshare net",
        "keyctl",      "add_key",          "bpf",         "io_uring_setup", "perf_event_open",
        "userfaultfd", "process_vm_readv", "pidfd_getfd", "init_module",    "AF_PACKET",
        "raw socket",  "AF_VSOCK",         "AF_ALG",      "setuid",         "chroot",
        "mknod",       "core_pattern",     "sysrq",       "cgroup",         "kill supervisor"}) {
    EXPECT_THAT(tried, HasSubstr(std::string(call) + " E")) << "it should meet an error";
  }
  EXPECT_THAT(tried, HasSubstr("io_uring_setup EPERM"));
  EXPECT_THAT(tried, HasSubstr("AF_VSOCK EAFNOSUPPORT"));
  EXPECT_THAT(tried, HasSubstr("\ndone"));
  EXPECT_THAT(tried, Not(HasSubstr("ALLOWED")));
}

void expect_bounded_disks(const Graded& graded) {
  EXPECT_THAT(graded.transcript("disk-fill"), HasSubstr("bytes in /work No space left"));
  EXPECT_THAT(graded.transcript("disk-fill"), HasSubstr("names in /work No space left"));
  EXPECT_THAT(graded.transcript("disk-fill"), Not(HasSubstr("NOT BOUNDED")));
  EXPECT_LT(graded.transcript("log-bomb").size(), 2u << 20);
  EXPECT_LT(text_of(graded.student("build-noise") / "build-server.log").size(), 1u << 20);
  std::uintmax_t written = 0;
  for (const auto& entry : fs::recursive_directory_iterator(graded.folder / "out")) {
    if (entry.is_regular_file()) written += entry.file_size();
  }
  EXPECT_LT(written, 64u << 20);
  // Others use the disk too.
  EXPECT_LT(graded.free_before, graded.free_after + (1u << 30));
}

void expect_only_files_taken(const Graded& graded) {
  const auto notes_of = [&graded](const std::string& student) {
    return read_json(graded.student(student) / "result.json").at("notes").dump();
  };
  for (const char* const name : {"link: a symbolic link", "root: a symbolic link", "server.c: a hard link",
                                 "fifo: ", "socket: ", "sparse: larger than"}) {
    EXPECT_THAT(notes_of("special-files"), HasSubstr(std::string("not taken: ") + name));
  }
  EXPECT_THAT(notes_of("odd-names"), HasSubstr("not taken: line\\\\nend.c: a control character"));
  for (const char* const name : {"../escaped-up", "/tmp/escaped-absolute", "link"}) {
    EXPECT_THAT(notes_of("zip-names"), HasSubstr(std::string("not taken: ") + name));
  }
  for (const char* const name : {"out: ", "up: ", "passwd: ", "disk: ", "pipe: ", "../escaped-up"}) {
    EXPECT_THAT(notes_of("tar-links"), HasSubstr(std::string("not taken: ") + name));
  }
  for (const fs::path& place : {graded.folder.path(), fs::path("/tmp"), fs::current_path()}) {
    for (const auto& entry : fs::directory_iterator(place)) {
      const std::string name = entry.path().filename().string();
      EXPECT_FALSE(name.starts_with("escaped") || name.starts_with("owned")) << entry.path();
    }
  }
}

// Cells that a spreadsheet would compute: with or without quotes, at a line's beginning or behind a separator.
bool has_formula(const std::string& csv) {
  for (std::size_t at = 0; at < csv.size(); ++at) {
    if (at > 0 && csv[at - 1] != ',' && csv[at - 1] != '\n') continue;
    const std::size_t first = csv[at] == '"' ? at + 1 : at;
    if (first < csv.size() && std::string("=+@-").find(csv[first]) != std::string::npos) return true;
  }
  return false;
}

void expect_harmless_reports(const Graded& graded) {
  const fs::path out = graded.folder / "out";
  std::vector<std::pair<std::string, std::string>> shown{{"console", graded.finished.out},
                                                         {"progress", graded.finished.err},
                                                         {"step summary", text_of(graded.folder / "step-summary.md")}};
  for (const char* const file :
       {"class.html", "gradebook.csv", "canvas.csv", "checks.csv", "junit.xml", "results.json", "summary.md"}) {
    shown.emplace_back(file, text_of(out / file));
  }
  for (const auto& [name, text] : shown) {
    EXPECT_FALSE(text.empty()) << name;
    EXPECT_EQ(text.find('\x1b'), std::string::npos) << name << " holds an escape";
    EXPECT_EQ(text.find('\0'), std::string::npos) << name << " holds a NUL";
    if (name == "results.json") continue;  // for programs: it holds names as they are
    EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos) << name << " turns text around";
  }
  for (const char* const markup : {"<script>alert", "<img src=x", "<owned/>"}) {
    EXPECT_THAT(text_of(out / "class.html"), Not(HasSubstr(markup)));
    EXPECT_THAT(text_of(out / "summary.md"), Not(HasSubstr(markup)));
    EXPECT_THAT(text_of(graded.folder / "step-summary.md"), Not(HasSubstr(markup)));
  }
  for (const char* const table : {"gradebook.csv", "canvas.csv", "checks.csv"}) {
    EXPECT_FALSE(has_formula(text_of(out / table))) << table;
  }
  const test::Finished parsed = test::run_program(
      {.argv = {"python3", "-c",
                "import sys, xml.dom.minidom as m; print(m.parse(sys.argv[1]).documentElement.tagName)",
                (out / "junit.xml").string()}});
  EXPECT_EQ(parsed.out, "testsuites\n") << parsed.err;
  EXPECT_THAT(text_of(out / "junit.xml"), Not(HasSubstr("<owned/>")));
  for (const std::string& line : lines_of(graded.finished.out + graded.finished.err)) {
    EXPECT_FALSE(line.starts_with("::error::") || line.starts_with("::warning::owned")) << line;
  }
  // The evidence itself stays as it was.
  EXPECT_THAT(graded.transcript("terminal-escapes"), HasSubstr("\x1b]0;owned"));
}

void expect_nothing_left() {
  const auto docker_lines = [](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "docker");
    const test::Finished finished = test::run_program({.argv = std::move(arguments)});
    EXPECT_EQ(finished.status, 0) << finished.err;
    return lines_of(finished.out);
  };
  // Objects of other controllers, at work beside us, belong to living processes: the label begins with the pid.
  const auto expect_owned = [](const std::vector<std::string>& lines) {
    for (const std::string& line : lines) {
      const int pid = std::atoi(line.c_str());
      EXPECT_TRUE(pid > 0 && (::kill(pid, 0) == 0 || errno == EPERM)) << "left behind: " << line;
    }
  };
  const std::string format = R"({{.Label "echolab.owner"}} {{.ID}})";
  expect_owned(docker_lines({"ps", "-a", "--filter", "label=echolab.owner", "--format", format}));
  expect_owned(docker_lines({"network", "ls", "--filter", "label=echolab.owner", "--format", format}));
  for (const std::string& image : docker_lines({"image", "ls", "-a", "-q", "--filter", "label=echolab.owner"})) {
    expect_owned(docker_lines({"image", "inspect", "--format", R"({{index .Config.Labels "echolab.owner"}})", image}));
  }

  // Programs that were handed in run as users from 100,000 on, in the control group of a container.
  const auto living = docker_lines({"ps", "-q", "--no-trunc"});
  for (const auto& process : fs::directory_iterator("/proc")) {
    struct stat status {};
    if (std::atoi(process.path().filename().c_str()) == 0 || ::stat(process.path().c_str(), &status) != 0) continue;
    if (status.st_uid < 100'000) continue;
    const std::string group = text_of(process.path() / "cgroup");
    EXPECT_TRUE(group.empty() ||
                std::any_of(living.begin(), living.end(),
                            [&](const std::string& container) { return group.find(container) != std::string::npos; }))
        << "left behind: " << process.path() << " " << group;
  }
}

std::string why_not() {
  for (const char* const program : {"python3", "tshark"}) {
    if (!test::has_program(program)) return std::string(program) + " is not installed";
  }
  if (std::string reason = why_no_docker(); !reason.empty()) return reason;
  const test::Finished image = test::run_program({.argv = {"docker", "image", "inspect", "echolab/runner"}});
  return image.status == 0 ? "" : "the image echolab/runner is not built: " + image.err;
}

// One test, since grading the class is most of its time.
TEST(HostileClass, EveryAttackIsContainedAndTheHonestGetTheirPoints) {
  if (const std::string reason = why_not(); !reason.empty()) GTEST_SKIP() << reason;
  Graded graded;
  ASSERT_NO_FATAL_FAILURE(grade(graded));
  expect_verdicts(graded);
  expect_nothing_secret_seen(graded);
  expect_nothing_reached(graded);
  expect_no_way_out(graded);
  expect_bounded_disks(graded);
  expect_only_files_taken(graded);
  expect_harmless_reports(graded);
  expect_nothing_left();
}

}  // namespace
}  // namespace echolab::lab_test

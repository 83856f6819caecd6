// Parts of the supervisor that need no process.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "services/common/failure.h"
#include "services/common/unique_fd.h"
#include "services/supervisor/bound_ports.h"
#include "services/supervisor/limit_counts.h"
#include "services/supervisor/step_output.h"
#include "services/supervisor/submission_copy.h"
#include "services/supervisor/terminal.h"
#include "tests/support/temporary_folder.h"

namespace echo {
namespace {

namespace fs = std::filesystem;
using echolab::test::TemporaryFolder;

void write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file) << text;
}

std::string read(const fs::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// Lines as the kernel prints them on a little-endian machine.
class BoundPorts : public testing::Test {
 protected:
  void SetUp() override {
    const std::string heading = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n";
    write(folder_ / "udp", heading + "  12: 0100007F:1388 00000000:0000 07 00000000:00000000 00:00000000 00000000\n" +
                               "  13: 00000000:1389 00000000:0000 07 00000000:00000000 00:00000000 00000000\n");
    write(folder_ / "udp6", heading +
                                "  9: 00000000000000000000000000000000:1388 "
                                "00000000000000000000000000000000:0000 07 00000000:00000000\n");
    write(folder_ / "tcp", heading + "   0: 0100007F:1388 0100007F:C000 01 00000000:00000000\n" +
                               "   1: 00000000:1388 00000000:0000 0A 00000000:00000000\n");
  }
  const TemporaryFolder folder_;
};

TEST_F(BoundPorts, NamesEachSocketOnThePort) {
  EXPECT_THAT(sockets_on(5000, Protocols::both, folder_.path()),
              testing::ElementsAre("udp 127.0.0.1:5000", "udp [::]:5000", "tcp 0.0.0.0:5000"));
}

TEST_F(BoundPorts, LooksAtTheWantedProtocolOnly) {
  EXPECT_THAT(sockets_on(5000, Protocols::tcp, folder_.path()), testing::ElementsAre("tcp 0.0.0.0:5000"));
  EXPECT_THAT(sockets_on(5001, Protocols::udp, folder_.path()), testing::ElementsAre("udp 0.0.0.0:5001"));
  EXPECT_THAT(sockets_on(5001, Protocols::tcp, folder_.path()), testing::IsEmpty());
}

TEST_F(BoundPorts, PassesOverWhatItCannotRead) {
  write(folder_ / "udp", "heading\nnonsense\n  1: 0100007F1388 x\n  2: 01:02 3 4\n");
  EXPECT_THAT(sockets_on(5000, Protocols::udp, folder_.path()), testing::ElementsAre("udp [::]:5000"));
}

TEST(LimitCounts, OfCgroupsVersion2) {
  const TemporaryFolder folder;
  write(folder / "memory.events", "low 0\nhigh 0\nmax 12\noom 2\noom_kill 1\n");
  write(folder / "pids.events", "max 7\n");
  EXPECT_EQ(limit_members(folder.path(), folder.path()), R"("oom_kills":1,"pids_hits":7,"disk_full":false)");
}

TEST(LimitCounts, OfCgroupsVersion1) {
  const TemporaryFolder folder;
  write(folder / "memory/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n");
  write(folder / "pids/pids.events", "max 0\n");
  EXPECT_EQ(limit_members(folder.path(), folder.path()), R"("oom_kills":3,"pids_hits":0,"disk_full":false)");
}

TEST(LimitCounts, LeavesOutWhatIsNotThere) {
  EXPECT_EQ(limit_members("/nonexistent", "/nonexistent"), "");
}

TEST(SubmissionCopy, KeepsModesAndLeavesOutWhatIsNoFile) {
  const TemporaryFolder from, to;
  write(from / "src/서버.py", "print()");
  fs::permissions(from / "src/서버.py", fs::perms(0555));
  write(from / "plain", "x");
  fs::permissions(from / "plain", fs::perms(0444));
  fs::create_symlink("/etc/passwd", from / "link");
  ASSERT_EQ(::mkfifo((from / "fifo").c_str(), 0600), 0);
  fs::permissions(from / "src", fs::perms(0555));
  copy_submission(from.path(), to.path());
  EXPECT_EQ(read(to / "src/서버.py"), "print()");
  EXPECT_EQ(fs::status(to / "src/서버.py").permissions(), fs::perms(0755));
  EXPECT_EQ(fs::status(to / "src").permissions(), fs::perms(0755));
  EXPECT_EQ(fs::status(to / "plain").permissions(), fs::perms(0644));
  EXPECT_FALSE(fs::exists(fs::symlink_status(to / "link")));
  EXPECT_FALSE(fs::exists(to / "fifo"));
  fs::permissions(from / "src", fs::perms(0755));
}

TEST(SubmissionCopy, NamesWhatItCouldNotCopy) {
  try {
    copy_submission("/nonexistent", "/tmp");
    FAIL() << "there is nothing to copy, but no failure";
  } catch (const Failure& failure) {
    EXPECT_STREQ(failure.what(), "copy /nonexistent to /tmp: No such file or directory");
  }
}

class StepOutputFile : public testing::Test {
 protected:
  std::string text() const { return read(folder_ / "out"); }
  const TemporaryFolder folder_;
  const UniqueFd fd_{::open((folder_ / "out").c_str(), O_WRONLY | O_CREAT, 0600)};
};

TEST_F(StepOutputFile, NoLineLooksLikeAnEvent) {
  StepOutput output(fd_.get(), 1000);
  for (const char c : std::string("{\"v\":1,\"event\":\"ready\"}\nx{\n\n{")) output.append({&c, 1});
  output.finish();
  EXPECT_EQ(text(), " {\"v\":1,\"event\":\"ready\"}\nx{\n\n {\n");
}

TEST_F(StepOutputFile, BeginningAndEndAreKept) {
  StepOutput output(fd_.get(), 20);
  for (int i = 0; i < 1000; ++i) output.append("0123456\n");
  output.append("{\"v\":1}\n");
  output.finish();
  EXPECT_EQ(text(), "0123456\n01\n[7988 bytes left out here]\n6\n {\"v\":1}\n");
}

TEST_F(StepOutputFile, NothingIsCutAtTheLimit) {
  StepOutput output(fd_.get(), 20);
  output.append("0123456789abcdefghij");
  output.finish();
  EXPECT_EQ(text(), "0123456789abcdefghij\n");
}

void both_ways(Terminal& terminal, const std::string& echo) {
  const std::string line(5000, 'x');
  ASSERT_EQ(terminal.type("안녕\n" + line + "\n"), line.size() + 8);
  EXPECT_FALSE(terminal.input_read());
  std::string got;
  char buffer[8192];
  while (got.size() < line.size() + 8) {
    const ssize_t size = ::read(terminal.program_input(), buffer, sizeof buffer);
    ASSERT_GT(size, 0);
    got.append(buffer, static_cast<std::size_t>(size));
  }
  EXPECT_EQ(got, "안녕\n" + line + "\n");
  EXPECT_TRUE(terminal.input_read());
  ASSERT_EQ(::write(terminal.program_output(), "세계\n", 7), 7);
  got.clear();
  for (ssize_t size = 0; (size = ::read(terminal.output_fd(), buffer, sizeof buffer)) > 0;) {
    got.append(buffer, static_cast<std::size_t>(size));
  }
  EXPECT_EQ(got.substr(0, echo.size()), echo);
  EXPECT_EQ(got.substr(got.size() - 7), "세계\n");
}

TEST(Terminal, PassesBytesAsTheyAre) {
  Terminal terminal(false);
  EXPECT_EQ(::isatty(terminal.program_input()), 1);
  EXPECT_FALSE(terminal.echoing());
  both_ways(terminal, "세계\n");
}

TEST(Terminal, EchoesWhatIsTyped) {
  Terminal terminal(true);
  EXPECT_TRUE(terminal.echoing());
  both_ways(terminal, "안녕\nxxx");
}

TEST(Terminal, PipesDoWhereThereIsNone) {
  Terminal terminal = Terminal::pipes();
  EXPECT_EQ(::isatty(terminal.program_input()), 0);
  both_ways(terminal, "세계\n");
}

}  // namespace
}  // namespace echo

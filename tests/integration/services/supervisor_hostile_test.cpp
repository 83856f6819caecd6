// The supervisor around programs that mean harm: each is contained, and what is told of it is true.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/services/supervised.h"

namespace echo::test {
namespace {

using testing::HasSubstr;
using testing::Not;

// Peak of the resident memory in KiB.
long peak_memory(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmHWM:")) return std::stol(line.substr(6));
  }
  return -1;
}

bool exists(const std::string& pid) {
  return std::filesystem::exists("/proc/" + pid);
}

pid_t only_child_of(pid_t pid) {
  std::ifstream children("/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children");
  pid_t child = -1;
  children >> child;
  return child;
}

Supervised::Call server(const std::string& script) {
  return {.mode = "serve", .options = {"--port", "1", "--grace", "50ms"}, .program = shell(script)};
}

TEST(HostileProgram, ThatIgnoresSignalsIsKilled) {
  Supervised stubborn(server("trap '' INT TERM HUP; echo up; while :; do read -r x; done"));
  stubborn.process().wait_for_output_line("up");
  EXPECT_EQ(stubborn.stop(), 128 + SIGKILL);
  EXPECT_EQ(stubborn.ended()["signal"], "SIGKILL");
  EXPECT_EQ(stubborn.ended()["reason"], "stopped");
  EXPECT_EQ(stubborn.ended()["killed"], true);
}

TEST(HostileProgram, LeavesNoDaemonBehind) {
  const std::string daemon = "setsid sh -c 'trap \"\" INT TERM HUP; sh -c \"echo \\$\\$; exec sleep 1000\" & wait' &";
  Supervised stopped(server(daemon + " read -r x"));
  const std::string first = stopped.process().wait_for_output_line("");
  EXPECT_TRUE(exists(first));
  stopped.stop();
  EXPECT_FALSE(exists(first));
  Supervised gone(server(daemon + " exec sleep 0.1"));
  const std::string second = gone.process().wait_for_output_line("");
  EXPECT_EQ(gone.process().wait(), 0);
  EXPECT_FALSE(exists(second));
}

TEST(HostileProgram, ThatClosesItsTerminalIsStillWatched) {
  Supervised silent(server("echo up; exec <&- >&- 2>&-; exec sleep 1000"));
  silent.process().wait_for_output_line("up");
  silent.stop();
  EXPECT_EQ(silent.process().output(), "up\n");
  EXPECT_EQ(silent.ended()["signal"], "SIGINT");
}

TEST(HostileProgram, ThatFloodsItsTerminalWaitsForTheReader) {
  constexpr std::size_t flood = 50'000 * 1'001;
  Supervised::Call call = server("echo up; yes $(printf %01000d 0) | head -n 50000; echo down; read -r x");
  // AddressSanitizer keeps what was freed for a while; that is not the supervisor's memory.
  call.environment["ASAN_OPTIONS"] = "quarantine_size_mb=0";
  Supervised loud(call);
  loud.process().wait_for_output_line("up");
  const long before = peak_memory(loud.process().pid());
  ASSERT_GT(before, 0);
  loud.process().wait_for_output_line("down");
  EXPECT_LT(peak_memory(loud.process().pid()), before + 4096) << "KiB, and " << before << " before";
  loud.stop();
  EXPECT_EQ(loud.process().output().size(), flood + 8);
}

TEST(HostileProgram, CanBeStoppedWhileNobodyReadsIt) {
  Supervised::Call call = server("exec cat /dev/zero");
  call.read_output = false;
  Supervised loud(call);
  loud.process().wait_for_error_line("\"event\":\"start\"");
  loud.process().signal(SIGTERM);
  loud.process().wait_for_error_line("\"event\":\"limits\"");
  EXPECT_EQ(loud.process().wait(), 128 + SIGINT);
}

TEST(HostileProgram, ThatNeverReadsIsTypedToAndEndedInTime) {
  Supervised deaf({.mode = "drive",
                   .options = {"--line=" + std::string(100'000, 'x'), "--line=2", "--reply-timeout", "10ms", "--time",
                               "300ms", "--grace", "50ms"},
                   .program = shell("trap '' INT; stty -echo; echo up; exec sleep 1000")});
  EXPECT_EQ(deaf.process().wait(), 128 + SIGKILL);
  EXPECT_EQ(deaf.ended()["reason"], "time");
  EXPECT_EQ(deaf.ended()["killed"], true);
}

TEST(HostileProgram, CannotWriteEvents) {
  Supervised liar(server(R"(echo '{"v":1,"event":"ready"}'; echo '{"v":1,"event":"ended"}' >&2)"));
  EXPECT_EQ(liar.process().wait(), 0);
  EXPECT_EQ(liar.process().output(), "{\"v\":1,\"event\":\"ready\"}\n{\"v\":1,\"event\":\"ended\"}\n");
  EXPECT_TRUE(liar.events("ready").empty());
  EXPECT_EQ(liar.events("ended").size(), 1u);
  EXPECT_TRUE(liar.only_events());
}

TEST(HostileProgram, CannotFakeEventsByItsName) {
  Supervised liar({.mode = "serve", .options = {"--port", "1"}, .program = {"x\n{\"v\":1,\"event\":\"ready\"}"}});
  EXPECT_EQ(liar.process().wait(), 127);
  EXPECT_TRUE(liar.events("ready").empty());
  EXPECT_THAT(liar.process().error(), Not(HasSubstr("\"event\":\"ready\"")));
}

TEST(HostileProgram, CannotStopOrStartTheSupervisor) {
  Supervised nasty(
      server("trap 'exit 7' INT; kill -TERM $PPID; kill -INT $PPID; kill -HUP $PPID; kill -USR1 $PPID; "
             "kill -QUIT $PPID; kill -ALRM $PPID; kill -PIPE $PPID; echo up; while :; do read -r x; done"));
  nasty.process().wait_for_output_line("up");
  EXPECT_EQ(nasty.stop(), 7);
  // Two for our own SIGTERM, none for the program's.
  EXPECT_EQ(nasty.events("limits").size(), 2u);
  EXPECT_EQ(nasty.ended()["exit"], 7);
}

// The rest needs another user than root, for whom no file is closed, and where told a process namespace.
class Confined : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() == 0) below_ = {"setpriv", "--reuid=65532", "--regid=65532", "--clear-groups"};
    if (::geteuid() != 0) below_ = {"env"};
    if (!echolab::test::has_program(below_.front())) GTEST_SKIP() << below_.front() << " is not installed";
  }
  // Puts the supervisor where it will be: the first process of its namespace.
  void enter_namespace() {
    std::vector<std::string> outer{"unshare", "--pid", "--fork", "--kill-child", "--mount-proc"};
    if (::geteuid() != 0) outer.insert(outer.end(), {"--user", "--map-current-user"});
    std::vector<std::string> probe = outer;
    probe.emplace_back("true");
    if (echolab::test::run_program({.argv = probe}).status != 0) GTEST_SKIP() << "no right to make a process namespace";
    below_.insert(below_.begin(), outer.begin(), outer.end());
  }
  Supervised::Call call(const std::string& script) const {
    Supervised::Call call = server(script);
    call.below = below_;
    return call;
  }

  std::vector<std::string> below_;
};

TEST_F(Confined, TheSupervisorsStreamsCannotBeOpened) {
  Supervised spy(call(R"(for file in fd/1 fd/2 mem environ; do
                           (echo '{"v":1,"event":"ready"}' > /proc/$PPID/$file) 2>/dev/null && echo "wrote $file"
                           (cat < /proc/$PPID/$file > /dev/null) 2>/dev/null && echo "read $file"
                         done; ls /proc/$PPID/fd >/dev/null 2>&1 && echo listed; echo tried)"));
  EXPECT_EQ(spy.process().wait(), 0) << spy.process().error();
  EXPECT_EQ(spy.process().output(), "tried\n");
  EXPECT_TRUE(spy.only_events()) << spy.process().error();
}

TEST_F(Confined, TheFirstProcessOutlivesEverySignalFromWithin) {
  enter_namespace();
  if (IsSkipped()) return;
  Supervised nasty(
      call("trap 'exit 7' INT; echo parent $PPID; for s in KILL STOP TERM INT HUP USR1 SEGV; do kill -$s 1; "
           "done; kill -STOP -1; echo up; while :; do read -r x; done"));
  nasty.process().wait_for_output_line("parent 1");
  nasty.process().wait_for_output_line("up");
  // From outside, and to the supervisor, as a container engine does.
  ASSERT_EQ(::kill(only_child_of(nasty.process().pid()), SIGTERM), 0);
  EXPECT_EQ(nasty.process().wait(), 7) << nasty.process().error();
  EXPECT_EQ(nasty.events("limits").size(), 2u);
}

TEST_F(Confined, NothingInTheNamespaceOutlivesTheProgram) {
  enter_namespace();
  if (IsSkipped()) return;
  // Forks until it is killed, each in a session of its own.
  Supervised bomb(
      call("b() { setsid sh -c 'trap \"\" TERM HUP INT; while :; do sleep 1000 & wait; done' & }; b; b; b; b; "
           "echo up; exec sleep 0.1"));
  EXPECT_EQ(bomb.process().wait(), 0) << bomb.process().error();
  EXPECT_EQ(bomb.ended()["exit"], 0);
  EXPECT_EQ(bomb.process().output(), "up\n");
}

}  // namespace
}  // namespace echo::test

// Build steps under the supervisor.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/services/supervised.h"

namespace echo::test {
namespace {

using testing::HasSubstr;

std::vector<std::string> steps(const std::vector<std::string>& scripts) {
  std::vector<std::string> options;
  for (const std::string& script : scripts) options.insert(options.end(), {"--step", "3", "/bin/sh", "-c", script});
  return options;
}

std::string listing(const std::string& archive) {
  const echolab::test::TemporaryFolder folder;
  std::ofstream(folder / "archive.tar", std::ios::binary) << archive;
  return echolab::test::run_program({.argv = {"tar", "-tvf", folder / "archive.tar"}}).out;
}

TEST(SupervisorBuild, PacksWhatTheStepsMade) {
  const auto options = steps({"mkdir out; echo one > out/b; echo >&2 working", "echo two > out/a; chmod 750 out/a"});
  Supervised build({.mode = "build", .options = options});
  EXPECT_EQ(build.process().wait(), 0);
  EXPECT_THAT(listing(build.process().output()), testing::MatchesRegex("drwx.* 0/0 .* 1970-01-01 .* \\./\n"
                                                                       "-rw.* 0/0 .* 15 .* \\./notes.txt\n"
                                                                       "drwx.* \\./out/\n"
                                                                       "-rwxr-x---.* 4 .* \\./out/a\n"
                                                                       "-rw.* \\./out/b\n"));
  EXPECT_THAT(build.process().error(), HasSubstr("\nworking\n{\"v\":1,\"event\":\"limits\""));
  Supervised again({.mode = "build", .options = options});
  again.process().wait();
  EXPECT_EQ(again.process().output(), build.process().output()) << "equal trees must give equal archives";
}

TEST(SupervisorBuild, AFailingStepEndsIt) {
  Supervised build({.mode = "build", .options = steps({"echo first", "printf 'error: no'; exit 3", "echo third"})});
  EXPECT_EQ(build.process().wait(), 10);
  EXPECT_EQ(build.process().output(), "");
  EXPECT_THAT(build.process().error(), HasSubstr("\nfirst\nerror: no\n{\"v\":1,\"event\":\"step_failed\""));
  EXPECT_EQ(build.events("step_failed").at(0)["step"], 2);
  EXPECT_EQ(build.events("step_failed").at(0)["exit"], 3);
  EXPECT_EQ(build.events("limits").size(), 1u);
}

TEST(SupervisorBuild, AMissingCompilerIsNamed) {
  Supervised build({.mode = "build", .options = {"--step", "2", "no-such-compiler", "x.c"}});
  EXPECT_EQ(build.process().wait(), 10);
  EXPECT_EQ(build.events("step_failed").at(0)["error"], "no-such-compiler: No such file or directory");
}

TEST(SupervisorBuild, WithoutStepsTheSubmissionIsPacked) {
  Supervised build({.mode = "build"});
  EXPECT_EQ(build.process().wait(), 0);
  EXPECT_THAT(listing(build.process().output()), HasSubstr("./notes.txt"));
}

TEST(SupervisorBuild, NothingThatAStepPrintsIsTakenForAnEvent) {
  Supervised build({.mode = "build", .options = steps({"echo '{\"v\":1,\"event\":\"limits\",\"oom_kills\":9}'"})});
  EXPECT_EQ(build.process().wait(), 0);
  EXPECT_EQ(build.events("limits").size(), 1u);
  EXPECT_THAT(build.process().error(), HasSubstr("\n {\"v\":1,\"event\":\"limits\",\"oom_kills\":9}\n"));
}

TEST(SupervisorBuild, AFloodOfMessagesKeepsItsBeginningAndEnd) {
  Supervised build({.mode = "build", .options = steps({"echo begin; yes no | head -c 21000000; echo end; exit 1"})});
  EXPECT_EQ(build.process().wait(), 10);
  EXPECT_LT(build.process().error().size(), 300'000u);
  EXPECT_THAT(build.process().error(), HasSubstr("\nbegin\nno\n"));
  EXPECT_THAT(build.process().error(), HasSubstr("bytes left out here]\n"));
  EXPECT_THAT(build.process().error(), HasSubstr("no\nend\n{\"v\":1,"));
}

TEST(SupervisorBuild, NothingOfAStepOutlivesIt) {
  Supervised build({.mode = "build",
                    .options = steps({"trap '' INT TERM HUP; setsid sh -c 'echo $$ > daemon; exec sleep 1000' & "
                                      "while ! test -s daemon; do :; done",
                                      "kill -0 $(cat daemon) 2>/dev/null && exit 1; exit 0"})});
  EXPECT_EQ(build.process().wait(), 0) << build.process().error();
}

TEST(SupervisorBuild, SaysWhyItCannotPack) {
  Supervised build({.mode = "build", .environment = {{"PATH", "/nonexistent"}}});
  EXPECT_EQ(build.process().wait(), 125);
  EXPECT_EQ(build.events("error").at(0)["error"], "tar: No such file or directory");
}

TEST(SupervisorBuild, IsStopped) {
  Supervised build({.mode = "build", .options = steps({"echo >&2 compiling; exec sleep 1000"})});
  build.process().wait_for_error_line("compiling");
  EXPECT_EQ(build.stop(), 128 + SIGTERM);
  EXPECT_EQ(build.process().output(), "");
  EXPECT_EQ(build.events("step_failed").at(0)["signal"], "SIGINT");
  EXPECT_EQ(build.events("step_failed").at(0)["reason"], "stopped");
}

}  // namespace
}  // namespace echo::test

// Programs that were handed in, as nodes of a lab: what every engine does with them.

#include "tests/contract/submission_contract.h"

namespace echolab::engine {
namespace {

TEST_P(SubmissionContract, AServerThatWasHandedInEchoesAndStops) {
  const auto record = run_lab("echoes", [this](plan::Plan& plan) { hand_in_server(plan, echo_server()); });
  EXPECT_TRUE(record.finished);
  EXPECT_TRUE(record.problems.empty()) << record.problems.front();
  ASSERT_EQ(record.captures.size(), 1u);
  EXPECT_TRUE(record.captures[0].complete) << record.captures[0].reasons.front();
  EXPECT_EQ(observer_.echoes, 3u);
  const std::string shown = stream_of(0, "stdout");
  EXPECT_NE(shown.find("listening"), std::string::npos) << shown;
  EXPECT_NE(shown.find("hello 3"), std::string::npos) << shown;
  EXPECT_NE(shown.find("stopped"), std::string::npos) << shown;
  EXPECT_NE(stream_of(0, "events.jsonl").find("\"event\":\"ready\""), std::string::npos);
  EXPECT_FALSE(exit_of(0).killed_by_us);
}

TEST_P(SubmissionContract, TwoNodesWithOneBundleShareIt) {
  const auto both = bundle("both", {{"server.py", echo_server()}, {"folder/client.py", "print('I am the client')\n"}});
  const auto record = run_lab("shared", [&](plan::Plan& plan) {
    hand_in(plan.nodes.at(0), both, {"serve", "--port", "5000", "--protocol", "udp", "--", "python3", "server.py"});
    hand_in(plan.nodes.at(1), both, {"drive", "--wait-for-start", "--", "python3", "folder/client.py"});
    plan.nodes[1].waits_for_start = true;
  });
  EXPECT_TRUE(record.finished);
  EXPECT_NE(stream_of(1, "stdout").find("I am the client"), std::string::npos);
  EXPECT_EQ(record.images.at(0).second, record.images.at(1).second);
}

TEST_P(SubmissionContract, AServerThatDiesAtOnceIsNamedWithItsLastLines) {
  const auto record =
      run_lab("dies", [this](plan::Plan& plan) { hand_in_server(plan, "raise SystemExit('no such luck')\n"); });
  EXPECT_TRUE(record.finished);  // the clients ran and show it on the wire
  ASSERT_FALSE(record.problems.empty());
  EXPECT_NE(record.problems[0].find("node server (submission "), std::string::npos) << record.problems[0];
  EXPECT_NE(record.problems[0].find("ended before it was ready, with exit status 1"), std::string::npos)
      << record.problems[0];
  EXPECT_NE(record.problems[0].find("no such luck"), std::string::npos) << record.problems[0];
  EXPECT_EQ(exit_of(0).exit_code, 1);
}

TEST_P(SubmissionContract, AServerThatNeverBindsIsNamed) {
  const auto record = run_lab(
      "unbound",
      [this](plan::Plan& plan) {
        hand_in_server(plan, "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass\n");
      },
      "limits:\n  ready: 5s\n");
  EXPECT_TRUE(record.finished);  // the clients ran and show it on the wire
  ASSERT_FALSE(record.problems.empty());
  EXPECT_EQ(record.problems[0], "node server was not ready within 5s");
}

TEST_P(SubmissionContract, AClientThatNeverEndsIsKilledAtTheLimit) {
  const auto record = run_lab(
      "endless",
      [this](plan::Plan& plan) { hand_in_client(plan, "while True:\n  try:\n    while True: pass\n  except: pass\n"); },
      "limits:\n  run: 2s\n");
  EXPECT_TRUE(record.finished);
  EXPECT_TRUE(exit_of(1).killed_by_us);
}

TEST_P(SubmissionContract, AFloodIsCutToOneMebibyte) {
  const auto record = run_lab("flood", [this](plan::Plan& plan) {
    hand_in_client(plan, "import os\nfor _ in range(100): os.write(1, b'x' * 1000000)\n");
  });
  EXPECT_TRUE(record.finished);
  EXPECT_GT(exit_of(1).stdout_cut, 90'000'000u);
  EXPECT_LT(stream_of(1, "stdout").size(), 1'100'000u);
}

TEST_P(SubmissionContract, OrphansDoNotKeepALabAlive) {
  const auto record = run_lab("orphans", [this](plan::Plan& plan) {
    hand_in_client(plan, R"(
import os, signal, time
if os.fork() == 0:
    os.setsid()
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM): signal.signal(number, signal.SIG_IGN)
    while True: time.sleep(1000)
)");
  });
  EXPECT_TRUE(record.finished);
  EXPECT_TRUE(record.problems.empty()) << record.problems.front();
  EXPECT_EQ(exit_of(1).exit_code, 0);
}

TEST_P(SubmissionContract, AProgramHasATerminal) {
  const auto record = run_lab("terminal", [this](plan::Plan& plan) {
    hand_in_client(plan, "import os\nprint([os.isatty(number) for number in range(3)], os.getcwd())\n");
  });
  EXPECT_TRUE(record.finished);
  EXPECT_NE(stream_of(1, "stdout").find("[True, True, True]"), std::string::npos) << stream_of(1, "stdout");
}

TEST_P(SubmissionContract, NothingOfTheControllersIsInItsEnvironment) {
  ::setenv("ECHOLAB_CANARY", "a-secret-of-the-controller", 1);
  const auto record = run_lab("canary", [this](plan::Plan& plan) {
    hand_in_client(plan, R"(
import glob
for name in ["/proc/self/environ"] + glob.glob("/proc/*/environ") + glob.glob("/proc/*/cmdline"):
    try: print(name, open(name, "rb").read())
    except OSError as error: print(name, error.strerror)
)");
  });
  ::unsetenv("ECHOLAB_CANARY");
  EXPECT_TRUE(record.finished);
  const std::string shown = stream_of(1, "stdout");
  EXPECT_NE(shown.find("PATH="), std::string::npos) << shown;
  EXPECT_EQ(shown.find("a-secret-of-the-controller"), std::string::npos) << shown;
}

INSTANTIATE_TEST_SUITE_P(Engines, SubmissionContract, ::testing::Values("docker", "local"), engine_name);

}  // namespace
}  // namespace echolab::engine

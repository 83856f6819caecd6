// The supervisor around programs that mean well.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/common/event.h"
#include "tests/integration/services/supervised.h"

namespace echo::test {
namespace {

using testing::ElementsAre;

// Answers SIGINT; until then it waits for input that never comes.
constexpr const char* tidy_server = "trap 'echo bye; exit 7' INT; echo up; while :; do read -r line; done";

// Of `number` events named so, the `number` in each.
std::vector<int> line_numbers(const Supervised& client) {
  std::vector<int> numbers;
  for (const json& event : client.events("line")) numbers.push_back(event["number"]);
  return numbers;
}

TEST(SupervisorServe, IsReadyWhenThePortIsListenedOn) {
  // The port is ours all the time; only listen(2) is missing.
  const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_storage name{};
  const socklen_t length = any_port().to(name);
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&name), length), 0);
  const Endpoint local = Endpoint::local_of(socket.get());
  Supervised server({.mode = "serve",
                     .options = {"--port", std::to_string(local.port), "--protocol", "tcp"},
                     .program = shell(tidy_server)});
  server.process().wait_for_output_line("up");
  const std::int64_t before = monotonic_ns();
  ASSERT_EQ(::listen(socket.get(), 1), 0);
  const json ready = json::parse(server.process().wait_for_error_line("\"event\":\"ready\""));
  EXPECT_GE(ready["mono_ns"], before);
  EXPECT_THAT(ready["sockets"], ElementsAre("tcp " + local.to_string()));
  EXPECT_EQ(server.stop(), 7);
  EXPECT_EQ(server.events("ready").size(), 1u);
}

TEST(SupervisorServe, EndsTheProgramAsCtrlCDoes) {
  Supervised server({.mode = "serve", .options = {"--port", "1"}, .program = shell(tidy_server)});
  server.process().wait_for_output_line("up");
  EXPECT_EQ(server.stop(), 7);
  EXPECT_EQ(server.process().output(), "up\nbye\n");
  EXPECT_EQ(server.ended()["exit"], 7);
  EXPECT_EQ(server.ended()["reason"], "stopped");
  EXPECT_FALSE(server.ended().contains("killed"));
  EXPECT_EQ(server.events("limits").size(), 2u) << "one before the end, should we be killed, and one after it";
  EXPECT_TRUE(server.only_events());
}

TEST(SupervisorServe, TellsHowTheProgramEndedByItself) {
  Supervised server({.mode = "serve", .options = {"--port", "1"}, .program = shell("echo gone; kill -SEGV $$")});
  EXPECT_EQ(server.process().wait(), 128 + SIGSEGV);
  EXPECT_EQ(server.process().output(), "gone\n");
  EXPECT_EQ(server.ended()["signal"], "SIGSEGV");
  EXPECT_FALSE(server.ended().contains("reason"));
}

TEST(SupervisorServe, TellsWhyTheProgramCannotBeExecuted) {
  Supervised missing({.mode = "serve", .options = {"--port", "1"}, .program = {"서버.py"}});
  EXPECT_EQ(missing.process().wait(), 127);
  EXPECT_EQ(missing.ended()["error"], "서버.py: No such file or directory");
  Supervised text({.mode = "serve", .options = {"--port", "1"}, .program = {"./notes.txt"}});
  EXPECT_EQ(text.process().wait(), 126);
  EXPECT_EQ(text.ended()["error"], "./notes.txt: Permission denied");
}

TEST(SupervisorServe, GivesTheProgramATerminalInTheCopyOfTheSubmission) {
  Supervised server(
      {.mode = "serve",
       .options = {"--port", "1"},
       .program = shell("stty size; test -t 1 && test -t 2 && cat notes.txt; pwd; "
                        "echo $LANG $TERM $PYTHONUNBUFFERED $PYTHONIOENCODING; ls /proc/self/fd | wc -l")});
  EXPECT_EQ(server.process().wait(), 0);
  // Three streams, and the folder that ls reads.
  EXPECT_THAT(server.process().output(),
              testing::MatchesRegex("24 80\nof the student\n/.*/work\nC.UTF-8 dumb 1 utf-8\n4\n"));
}

TEST(SupervisorServe, SaysWhichSubmissionCannotBeCopied) {
  Supervised server({.mode = "serve", .options = {"--port", "1"}, .program = {"true"}, .from = "/nonexistent"});
  EXPECT_EQ(server.process().wait(), 125);
  EXPECT_THAT(server.events("error").at(0)["operation"], testing::StartsWith("copy /nonexistent to /"));
}

constexpr const char* prompting_client =
    "while printf '> ' && read -r x && [ -n \"$x\" ]; do echo \"127.0.0.1:5000 -> $x\"; done";

TEST(SupervisorDrive, TypesLineByLineAsAPersonWould) {
  Supervised client({.mode = "drive",
                     .options = {"--line=컴퓨터공학과 20231234 홍길동", "--line=둘"},
                     .program = shell(prompting_client)});
  EXPECT_EQ(client.process().wait(), 0);
  EXPECT_EQ(client.process().output(),
            "> 컴퓨터공학과 20231234 홍길동\n127.0.0.1:5000 -> 컴퓨터공학과 20231234 홍길동\n> 둘\n127.0.0.1:5000 -> "
            "둘\n> \n");
  EXPECT_THAT(line_numbers(client), ElementsAre(1, 2, 3));
  EXPECT_TRUE(client.only_events());
}

TEST(SupervisorDrive, WaitsForItsStart) {
  Supervised client({.mode = "drive", .options = {"--wait-for-start"}, .program = shell("echo started")});
  client.process().wait_for_error_line("\"event\":\"ready\"");
  EXPECT_TRUE(client.events("start").empty());
  client.process().signal(SIGUSR1);
  EXPECT_EQ(client.process().wait(), 0);
  EXPECT_EQ(client.process().output(), "started\n");
}

TEST(SupervisorDrive, CanBeStoppedBeforeItsStart) {
  Supervised client({.mode = "drive", .options = {"--wait-for-start"}, .program = shell("echo started")});
  client.process().wait_for_error_line("\"event\":\"ready\"");
  EXPECT_EQ(client.stop(), 128 + SIGTERM);
  EXPECT_EQ(client.process().output(), "");
  EXPECT_EQ(client.ended()["reason"], "stopped");
}

TEST(SupervisorDrive, AClientMayTakeNoInputAtAll) {
  Supervised client({.mode = "drive", .options = {"--line=unread"}, .program = {"true"}});
  EXPECT_EQ(client.process().wait(), 0);
  EXPECT_EQ(client.ended()["exit"], 0);
}

TEST(SupervisorDrive, AClientMaySwitchTheEchoOff) {
  Supervised client({.mode = "drive",
                     .options = {"--line=secret", "--line=more"},
                     .program = shell("stty -echo; printf '? '; read -r a; printf '? '; read -r b; echo \"$a $b\"")});
  EXPECT_EQ(client.process().wait(), 0);
  EXPECT_EQ(client.process().output(), "? ? secret more\n");
}

TEST(SupervisorDrive, ASilentClientIsTypedToAfterTheReplyTimeout) {
  Supervised client({.mode = "drive",
                     .options = {"--line=1", "--line=2", "--reply-timeout", "10ms"},
                     .program = shell("stty -echo; read -r a; read -r b; read -r c; echo \"$a-$b-$c\"")});
  EXPECT_EQ(client.process().wait(), 0);
  EXPECT_THAT(client.process().output(), testing::EndsWith("1-2-\n"));
  EXPECT_THAT(line_numbers(client), ElementsAre(1, 2, 3));
}

}  // namespace
}  // namespace echo::test

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <set>
#include <thread>

#include "tests/integration/services/running_server.h"
#include "tests/support/temporary_folder.h"

namespace echo::test {
namespace {

using Arguments = std::vector<std::string>;

Arguments client(const Endpoint& server, Arguments more) {
  more.insert(more.begin(), {ECHO_CLIENT, "127.0.0.1", std::to_string(server.port)});
  return more;
}

json totals_of(const ChildProcess& process) {
  return events_named(process.error(), "totals").at(0);
}

TEST(EchoClient, IsTheCoursesClient) {
  RunningServer server({ECHO_SERVER});
  for (const char* protocol : {"udp", "tcp"}) {
    const Endpoint to = protocol == std::string("udp") ? server.udp() : server.tcp();
    ChildProcess process(client(to, {"--protocol", protocol}));
    process.write_input("컴퓨터공학과 20201234 홍길동\n");
    process.wait_for_output_line("local endpoint 127.0.0.1:");
    process.wait_for_output_line(to.to_string() + " -> 컴퓨터공학과 20201234 홍길동");
    process.write_input("\n");
    EXPECT_EQ(process.wait(), 0);
    EXPECT_LT(process.output().find("local endpoint"), process.output().find("> "));
  }
}

TEST(EchoClient, SaysThatNoEchoCameAndEndsOnCtrlC) {
  const Peer silent = Peer::udp(any_port());
  ChildProcess process(client(silent.local(), {"--timeout", "100ms"}));
  process.write_input("hello\n");
  process.wait_for_output_line("no echo received from " + silent.local().to_string() + " within 100 ms");
  process.signal(SIGINT);
  EXPECT_EQ(process.wait(), 1);
}

TEST(EchoClient, EchoesEverySizeOverUdp) {
  RunningServer server({ECHO_SERVER});
  ChildProcess process(
      client(server.udp(), {"--size", "0,1,1472,1473,4096,65507", "--window", "3", "--count", "12", "--events", "-"}));
  EXPECT_EQ(process.wait(), 0) << process.output() << process.error();
  EXPECT_EQ(totals_of(process)["echoed"], 12);
  for (const json& recv : events_named(process.error(), "recv")) EXPECT_EQ(recv["status"], "echo");
}

TEST(EchoClient, ReadsWhileItWritesLongMessagesOverTcp) {
  RunningServer server({ECHO_SERVER, "--quiet"});
  ChildProcess process(client(server.tcp(), {"--protocol", "tcp", "--size", "1048576,0,1,700001", "--chunk", "1001",
                                             "--window", "4", "--half-close", "--events", "-", "--timeout", "20s"}));
  EXPECT_EQ(process.wait(), 0) << process.output();
  EXPECT_EQ(totals_of(process)["echoed"], 4);
  EXPECT_EQ(server.stop(), 0);
  // Both ends tell the same bytes.
  EXPECT_EQ(server.totals()["bytes_received"], 1'048'576 + 1 + 700'001);
  EXPECT_EQ(events_named(process.error(), "close").at(0)["reason"], "done");
}

TEST(EchoClient, GivesEachOfItsClientsAPort) {
  RunningServer server({ECHO_SERVER, "--quiet"});
  for (const char* protocol : {"udp", "tcp"}) {
    ChildProcess process(client(protocol == std::string("udp") ? server.udp() : server.tcp(),
                                {"--protocol", protocol, "--clients", "200", "--message", "hi {message} {client}",
                                 "--count", "3", "--events", "-", "--timeout", "20s"}));
    EXPECT_EQ(process.wait(), 0) << process.output();
    std::set<std::string> locals;
    for (const json& sent : events_named(process.error(), "send")) locals.insert(sent["local"]);
    EXPECT_EQ(locals.size(), 200U);
    EXPECT_EQ(totals_of(process)["echoed"], 600);
    EXPECT_EQ(events_named(process.error(), "summary").size(), 200U);
  }
}

TEST(EchoClient, HoldsUntilTheSignalOrTheFile) {
  RunningServer server({ECHO_SERVER});
  const echolab::test::TemporaryFolder folder;
  ChildProcess by_signal(client(server.udp(), {"--message", "x", "--wait-for-start", "--events", "-"}));
  ChildProcess by_file(client(server.udp(), {"--message", "x", "--start-file", folder / "go", "--events", "-"}));
  by_signal.wait_for_error_line("\"event\":\"ready\"");
  by_file.wait_for_error_line("\"event\":\"ready\"");
  EXPECT_TRUE(events_named(by_signal.error(), "start").empty());
  EXPECT_TRUE(events_named(by_file.error(), "start").empty());
  by_signal.signal(SIGUSR1);
  std::ofstream(folder / "go").close();
  EXPECT_EQ(by_signal.wait(), 0);
  EXPECT_EQ(by_file.wait(), 0);
}

TEST(EchoClient, RepeatsOverUdpAndTellsTheTimeouts) {
  const Peer server = Peer::udp(any_port());
  ChildProcess process(
      client(server.local(), {"--message", "once more", "--retries", "1", "--timeout", "1s", "--events", "-"}));
  server.receive_from();  // lost
  const auto [bytes, from] = server.receive_from();
  server.send_to(from, bytes);
  EXPECT_EQ(process.wait(), 0) << process.error();
  EXPECT_EQ(events_named(process.error(), "timeout").size(), 1U);
  EXPECT_EQ(events_named(process.error(), "send").back()["attempt"], 2);
}

TEST(EchoClient, MatchesEchoesOutOfOrder) {
  const Peer server = Peer::udp(any_port());
  ChildProcess process(client(server.local(), {"--message", "message {message}", "--count", "2", "--window", "2",
                                               "--timeout", "20s", "--events", "-"}));
  const auto [first, from] = server.receive_from();
  const auto second = server.receive_from().first;
  server.send_to(from, second);
  server.send_to(from, first);
  EXPECT_EQ(process.wait(), 0);
  EXPECT_EQ(totals_of(process)["echoed"], 2);
  const auto received = events_named(process.error(), "recv");
  ASSERT_EQ(received.size(), 2u);
  EXPECT_EQ(received[0]["message"], 2);
  EXPECT_EQ(received[1]["message"], 1);
}

TEST(EchoClient, RecognisesAnEchoThatComesAfterItsTimeout) {
  const Peer server = Peer::udp(any_port());
  ChildProcess process(
      client(server.local(), {"--message", "message {message}", "--count", "2", "--timeout", "1s", "--events", "-"}));
  const auto [first, from] = server.receive_from();
  const auto second = server.receive_from().first;  // goes out when the first was given up
  server.send_to(from, first);
  server.send_to(from, second);
  EXPECT_EQ(process.wait(), 1);
  const auto received = events_named(process.error(), "recv");
  ASSERT_FALSE(received.empty());
  EXPECT_EQ(received[0]["message"], 1);
  EXPECT_EQ(received[0]["status"], "late");
}

TEST(EchoClient, ExitStatusTellsWhatHappened) {
  const Peer silent = Peer::udp(any_port());
  EXPECT_EQ(ChildProcess(client(silent.local(), {"--message", "x", "--timeout", "50ms"})).wait(), 1);
  EXPECT_EQ(ChildProcess({ECHO_CLIENT}).wait(), 2);
  // A port that was free a moment ago: bound over UDP, nobody listens there over TCP.
  ChildProcess refused(
      client(silent.local(), {"--protocol", "tcp", "--message", "x", "--connect-deadline", "100ms", "--events", "-"}));
  EXPECT_EQ(refused.wait(), 3);
  EXPECT_EQ(events_named(refused.error(), "close").at(0)["reason"], "refused");
}

TEST(EchoClient, RepeatsTheConnectionUntilTheServerListens) {
  // Bound but not listening: connections are refused until listen(2).
  UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_storage name{};
  socklen_t length = any_port().to(name);
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&name), length), 0);
  const Endpoint server = Endpoint::local_of(listener.get());
  ChildProcess process(
      client(server, {"--protocol", "tcp", "--message", "x", "--connect-deadline", "20s", "--events", "-"}));
  process.wait_for_error_line("\"event\":\"socket\"");
  ASSERT_EQ(::listen(listener.get(), 1), 0);
  const UniqueFd accepted(::accept(listener.get(), nullptr, nullptr));
  char byte = 0;
  ASSERT_EQ(::recv(accepted.get(), &byte, 1, 0), 1);
  ASSERT_EQ(::send(accepted.get(), &byte, 1, MSG_NOSIGNAL), 1);
  EXPECT_EQ(process.wait(), 0);
}

}  // namespace
}  // namespace echo::test

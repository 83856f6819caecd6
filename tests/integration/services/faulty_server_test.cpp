// Each fault of the faulty server is seen by the echo client, with the right status.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/integration/services/running_server.h"

namespace echo::test {
namespace {

struct Case {
  const char* fault;
  const char* protocol;
  int exit_status;
  std::map<std::string, int> totals;  // of 5 messages, the 2nd and the 4th are hit
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.fault << " over " << c.protocol;
}

// "other_port" from "other-port": test names take no hyphens.
std::string name_of(const testing::TestParamInfo<Case>& parameter) {
  std::string name = parameter.param.fault;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

class FaultyServer : public testing::TestWithParam<Case> {};

TEST_P(FaultyServer, IsFoundOut) {
  const Case& c = GetParam();
  RunningServer server({FAULTY_SERVER, "--fault", c.fault, "--every", "2", "--delay", "1s", "--protocol", c.protocol});
  const Endpoint to = c.protocol == std::string("udp") ? server.udp() : server.tcp();
  ChildProcess client({ECHO_CLIENT, "127.0.0.1", std::to_string(to.port), "--protocol", c.protocol, "--message",
                       "message {message} of the client", "--count", "5", "--timeout", "500ms", "--events", "-"});
  EXPECT_EQ(client.wait(), c.exit_status) << client.output();
  const json totals = events_named(client.error(), "totals").at(0);
  for (const auto& [key, count] : c.totals) EXPECT_EQ(totals[key], count) << key << '\n' << client.output();
}

INSTANTIATE_TEST_SUITE_P(Udp, FaultyServer,
                         testing::Values(Case{"drop", "udp", 1, {{"echoed", 3}, {"lost", 2}}},
                                         Case{"double", "udp", 0, {{"echoed", 5}, {"duplicated", 2}}},
                                         Case{"alter", "udp", 1, {{"echoed", 3}, {"altered", 2}}},
                                         Case{"truncate", "udp", 1, {{"echoed", 3}, {"altered", 2}}},
                                         Case{"append", "udp", 1, {{"echoed", 3}, {"altered", 2}}},
                                         Case{"upper", "udp", 1, {{"echoed", 3}, {"altered", 2}}},
                                         Case{"other-port", "udp", 1, {{"echoed", 3}, {"unsolicited", 2}, {"lost", 2}}},
                                         Case{"unsolicited", "udp", 1, {{"echoed", 5}, {"unsolicited", 2}}}),
                         name_of);

INSTANTIATE_TEST_SUITE_P(Tcp, FaultyServer,
                         testing::Values(Case{"alter", "tcp", 1, {{"echoed", 3}, {"altered", 2}}},
                                         Case{"upper", "tcp", 1, {{"echoed", 3}, {"altered", 2}}},
                                         Case{"close-early", "tcp", 1, {{"echoed", 1}, {"lost", 1}}}),
                         name_of);

TEST(FaultyServerOnce, DelayedEchoesAreLate) {
  RunningServer server({FAULTY_SERVER, "--fault", "delay", "--every", "2", "--delay", "300ms"});
  // The second message is late while the third waits for its turn.
  ChildProcess client({ECHO_CLIENT, "127.0.0.1", std::to_string(server.udp().port), "--message", "message {message}",
                       "--count", "3", "--timeout", "200ms", "--interval", "1s", "--events", "-"});
  EXPECT_EQ(client.wait(), 1);
  const json totals = events_named(client.error(), "totals").at(0);
  EXPECT_EQ(totals["late"], 1) << client.output();
  EXPECT_EQ(totals["echoed"], 2);
}

TEST(FaultyServerOnce, AnswersTheClientBefore) {
  RunningServer server({FAULTY_SERVER, "--fault", "wrong-client", "--every", "2"});
  const Peer first = Peer::udp(any_port()), second = Peer::udp(any_port());
  first.send_to(server.udp(), "of the first");
  EXPECT_EQ(first.receive_from().first, "of the first");
  second.send_to(server.udp(), "of the second");
  EXPECT_EQ(first.receive_from().first, "of the second");
}

TEST(FaultyServerOnce, AnswersOnlyTheFirstClient) {
  RunningServer server({FAULTY_SERVER, "--fault", "first-client-only"});
  const std::vector<std::string> call{ECHO_CLIENT, "127.0.0.1", std::to_string(server.udp().port), "--message", "x",
                                      "--timeout", "200ms"};
  const Peer first = Peer::udp(any_port());
  first.send_to(server.udp(), "x");
  EXPECT_EQ(first.receive_from().first, "x");
  EXPECT_EQ(ChildProcess(call).wait(), 1);
}

}  // namespace
}  // namespace echo::test

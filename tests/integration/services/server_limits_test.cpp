// What must not bring the echo server down: peers that never read, more connections than descriptors, slow readers of
// its output.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>

#include <fstream>
#include <sstream>

#include "tests/integration/services/running_server.h"

namespace echo::test {
namespace {

// Resident memory in KiB, from /proc/PID/status.
std::uint64_t resident_kib(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stoull(line.substr(6));
  }
  return 0;
}

// Sends without reading until the connection takes no more; returns the bytes it took.
std::size_t fill_up(const Peer& peer) {
  const std::string piece(1 << 16, 'x');
  std::size_t total = 0;
  pollfd wait{peer.fd(), POLLOUT, 0};
  // Silence of half a second says that the windows of both directions are full.
  while (::poll(&wait, 1, 500) > 0) {
    const ssize_t size = ::send(peer.fd(), piece.data(), piece.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (size > 0) total += static_cast<std::size_t>(size);
  }
  return total;
}

TEST(EchoServerLimits, APeerThatNeverReadsCostsBoundedMemory) {
  RunningServer server({ECHO_SERVER, "--quiet"});
  const Peer other = Peer::tcp(server.tcp());
  other.send("before");
  ASSERT_EQ(other.receive_exactly(6), "before");
  const std::uint64_t before = resident_kib(server.process().pid());
  std::vector<Peer> deaf;
  std::size_t swallowed = 0;
  for (int i = 0; i < 4; ++i) {
    deaf.push_back(Peer::tcp(server.tcp()));
    swallowed += fill_up(deaf.back());
  }
  EXPECT_GT(swallowed, std::size_t{4} << 16);
  // One tail of 64 KiB each; the rest of the allowance is for the event records and sanitizers.
  EXPECT_LT(resident_kib(server.process().pid()), before + 32 * 1024);
  other.send("still served");
  EXPECT_EQ(other.receive_exactly(12), "still served");
  EXPECT_EQ(server.stop(), 0);  // does not wait for ever for those who don't read
}

TEST(EchoServerLimits, TwoThousandIdleConnectionsAreServed) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  if (limit.rlim_max < 2200) GTEST_SKIP() << "needs 2,200 descriptors, the hard limit is " << limit.rlim_max;
  limit.rlim_cur = limit.rlim_max;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  RunningServer server({ECHO_SERVER, "--quiet"});
  std::vector<Peer> idle;
  for (int i = 0; i < 2000; ++i) idle.push_back(Peer::tcp(server.tcp()));
  for (const std::size_t i : {std::size_t{0}, std::size_t{999}, std::size_t{1999}}) {
    idle[i].send("hello");
    EXPECT_EQ(idle[i].receive_exactly(5), "hello");
  }
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(server.totals()["connections"], 2000);
}

TEST(EchoServerLimits, OutOfDescriptorsItRefusesAndGoesOn) {
  RunningServer server({.argv = {ECHO_SERVER, "--quiet"}, .max_descriptors = 40});
  std::vector<Peer> peers;
  std::size_t refused = 0, served = 0;
  for (int i = 0; i < 60; ++i) {
    peers.push_back(Peer::tcp(server.tcp()));
    try {
      peers.back().send("x");
      ++(peers.back().receive() == "x" ? served : refused);
    } catch (const std::system_error&) {
      ++refused;  // reset
    }
  }
  EXPECT_GT(served, 10U);
  EXPECT_GT(refused, 10U);
  peers.clear();
  // Places are free again as soon as the server has seen the ends.
  for (bool served_again = false; !served_again;) {
    const Peer peer = Peer::tcp(server.tcp());
    try {
      peer.send("y");
      served_again = peer.receive() == "y";
    } catch (const std::system_error&) {
    }
  }
  EXPECT_EQ(server.stop(), 0);
  EXPECT_GT(server.totals()["errors"].get<int>(), 0);
}

TEST(EchoServerLimits, ASlowReaderOfItsOutputDoesNotStopTheEcho) {
  RunningServer server({.argv = {ECHO_SERVER}, .read_output = false});
  const Peer peer = Peer::udp(any_port());
  const std::string text(200, 'x');
  // 6,000 lines of 240 bytes: far more than a pipe and the log's buffer hold.
  for (int i = 0; i < 6000; ++i) {
    peer.send_to(server.udp(), text);
    ASSERT_EQ(peer.receive_from().first, text);
  }
  server.process().close_output();
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(server.totals()["datagrams_sent"], 6000);
  EXPECT_GT(server.totals()["lines_dropped"].get<int>(), 0);
}

}  // namespace
}  // namespace echo::test

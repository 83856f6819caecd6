#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <fstream>
#include <set>
#include <thread>

#include "services/common/hash.h"
#include "tests/integration/services/running_server.h"
#include "tests/support/temporary_folder.h"

namespace echo::test {
namespace {

std::string numbered_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 7 + i / 256);
  return bytes;
}

TEST(EchoServer, EchoesDatagramsOfEverySizeWhole) {
  RunningServer server({ECHO_SERVER});
  for (const char* address : {"127.0.0.1", "::1"}) {
    const Peer peer = Peer::udp(any_port(address));
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1472}, std::size_t{1473},
                                   std::size_t{4096}, std::size_t{65'507}}) {
      const std::string bytes = numbered_bytes(size);
      peer.send_to(server.udp(address), bytes);
      EXPECT_EQ(peer.receive_from(), std::pair(bytes, server.udp(address)));
    }
  }
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(server.totals()["datagrams_sent"], 12);
  EXPECT_EQ(server.totals()["events_dropped"], 0);
  const std::string last = numbered_bytes(65'507);
  const std::uint64_t hash = hash_of(std::span(reinterpret_cast<const std::uint8_t*>(last.data()), last.size()));
  const json sent = server.events("send").at(5);
  EXPECT_EQ(sent["length"], 65'507);
  EXPECT_EQ(std::stoull(sent["hash"].get<std::string>(), nullptr, 16), hash);
}

TEST(EchoServer, AnswersFromTheAddressThatWasAsked) {
  RunningServer server({ECHO_SERVER});
  const Peer peer = Peer::udp(any_port());
  for (const char* address : {"127.0.0.9", "127.0.0.1", "127.1.2.3"}) {
    peer.send_to(server.udp(address), "where");
    EXPECT_EQ(peer.receive_from().second, server.udp(address));
  }
  EXPECT_EQ(server.stop(), 0);
  EXPECT_EQ(server.events("recv").at(0)["local"], server.udp("127.0.0.9").to_string());
}

TEST(EchoServer, TellsTwoClientsApartByTheirPorts) {
  RunningServer server({ECHO_SERVER});
  const Peer first = Peer::udp(any_port()), second = Peer::udp(any_port());
  first.send_to(server.udp(), "first");
  second.send_to(server.udp(), "second");
  EXPECT_EQ(first.receive_from().first, "first");
  EXPECT_EQ(second.receive_from().first, "second");
  server.process().wait_for_output_line("[recv] " + first.local().to_string() + " first");
  server.process().wait_for_output_line("[recv] " + second.local().to_string() + " second");
}

TEST(EchoServer, NeverAnswersAnotherEchoServer) {
  RunningServer server({ECHO_SERVER});
  // What a server on another host would send: the source port is the one this server listens on.
  Endpoint same_port = any_port("127.0.0.2");
  const Peer helper = Peer::udp(any_port());
  same_port.port = server.udp().port;
  UniqueFd forged(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  // The server holds the port on the wildcard; both sides must allow sharing for this bind to succeed.
  const int on = 1;
  ::setsockopt(forged.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_storage name{};
  socklen_t length = same_port.to(name);
  ASSERT_EQ(::bind(forged.get(), reinterpret_cast<const sockaddr*>(&name), length), 0) << std::strerror(errno);
  sockaddr_storage to{};
  length = server.udp().to(to);
  ASSERT_EQ(::sendto(forged.get(), "loop", 4, 0, reinterpret_cast<const sockaddr*>(&to), length), 4);
  // An answered datagram afterwards proves that the first one was looked at.
  helper.send_to(server.udp(), "after");
  EXPECT_EQ(helper.receive_from().first, "after");
  std::array<char, 16> buffer;
  EXPECT_EQ(::recv(forged.get(), buffer.data(), buffer.size(), MSG_DONTWAIT), -1);
  EXPECT_EQ(server.stop(), 0);
  ASSERT_EQ(server.events("ignored").size(), 1U);
  EXPECT_EQ(server.events("ignored").at(0)["reason"], "own_port");
  EXPECT_EQ(server.totals()["ignored"], 1);
  EXPECT_NE(server.process().error().find("warning: not echoed"), std::string::npos);
}

TEST(EchoServer, EchoesAStreamAndHonoursHalfClose) {
  RunningServer server({ECHO_SERVER});
  for (const char* address : {"127.0.0.1", "::1"}) {
    const Peer peer = Peer::tcp(server.tcp(address));
    const std::string bytes = numbered_bytes(1 << 20);
    std::thread writer([&] {
      for (std::size_t done = 0; done < bytes.size(); done += 1001)
        peer.send(std::string_view(bytes).substr(done, 1001));
      ::shutdown(peer.fd(), SHUT_WR);
    });
    const std::string echoed = peer.receive_exactly(bytes.size());
    writer.join();
    EXPECT_TRUE(echoed == bytes);
    EXPECT_EQ(peer.receive(), "");
  }
  EXPECT_EQ(server.stop(), 0);
  const auto closes = server.events("close");
  EXPECT_EQ(closes.at(0)["reason"], "eof");
  EXPECT_EQ(closes.at(0)["received"], 1 << 20);
  EXPECT_EQ(closes.at(0)["sent"], 1 << 20);
}

TEST(EchoServer, NoticesAnEndThatCameWithTheLastBytes) {
  RunningServer server({ECHO_SERVER, "--protocol", "tcp"});
  constexpr int connections = 300;
  for (int i = 0; i < connections; ++i) {
    const Peer peer = Peer::tcp(server.tcp());
    peer.send("all there is");
    ::shutdown(peer.fd(), SHUT_WR);
    EXPECT_EQ(peer.receive_exactly(12), "all there is");
    EXPECT_EQ(peer.receive(), "");
  }
  EXPECT_EQ(server.stop(), 0);
  const auto closes = server.events("close");
  const auto ended =
      std::count_if(closes.begin(), closes.end(), [](const json& close) { return close["reason"] == "eof"; });
  EXPECT_EQ(ended, connections);
}

TEST(EchoServer, SeveralThreadsShareEachPort) {
  RunningServer server({ECHO_SERVER, "--threads", "3"});
  EXPECT_EQ(server.events("listen").size(), 3U * 4U);  // UDP and TCP, IPv4 and IPv6
  std::vector<Peer> datagrams, streams;
  for (int i = 0; i < 40; ++i) {
    datagrams.push_back(Peer::udp(any_port()));
    streams.push_back(Peer::tcp(server.tcp()));
    datagrams.back().send_to(server.udp(), "datagram " + std::to_string(i));
    streams.back().send("stream " + std::to_string(i));
  }
  for (std::size_t i = 0; i < datagrams.size(); ++i) {
    EXPECT_EQ(datagrams[i].receive_from().first, "datagram " + std::to_string(i));
    EXPECT_EQ(streams[i].receive(), "stream " + std::to_string(i));
  }
  server.process().signal(SIGTERM);
  for (const Peer& stream : streams) EXPECT_EQ(stream.receive(), "");
  EXPECT_EQ(server.process().wait(), 0);
  EXPECT_EQ(server.totals()["datagrams_sent"], 40);
  EXPECT_EQ(server.totals()["connections"], 40);
  std::set<int> numbers;
  for (const json& accept : server.events("accept")) numbers.insert(accept["conn"].get<int>());
  EXPECT_EQ(numbers.size(), 40U);
  EXPECT_EQ(*numbers.begin(), 1);
  EXPECT_EQ(*numbers.rbegin(), 40);
}

TEST(EchoServer, SharesItsPortWithNoOtherServer) {
  RunningServer server({ECHO_SERVER, "--threads", "2"});
  for (const auto& [protocol, port] : {std::pair("udp", server.udp().port), std::pair("tcp", server.tcp().port)}) {
    for (const char* threads : {"1", "2"}) {
      ChildProcess second({ECHO_SERVER, "--protocol", protocol, "--address", "0.0.0.0", "--port", std::to_string(port),
                           "--threads", threads});
      EXPECT_EQ(second.wait(), 1);
      EXPECT_NE(second.error().find("Address already in use"), std::string::npos) << second.error();
    }
  }
}

TEST(EchoServer, EscapesHostileText) {
  RunningServer server({ECHO_SERVER});
  const Peer peer = Peer::udp(any_port());
  peer.send_to(server.udp(), "\x1b[2J학번\u202e");
  server.process().wait_for_output_line(peer.local().to_string() + " \\x1b[2J학번\\u202e");
}

TEST(EchoServer, EndsOnBothSignalsAndTellsTotalsLast) {
  for (const int signal : {SIGINT, SIGTERM}) {
    RunningServer server({ECHO_SERVER});
    const Peer idle = Peer::tcp(server.tcp());
    idle.send("x");
    EXPECT_EQ(idle.receive(), "x");
    server.process().signal(signal);
    EXPECT_EQ(idle.receive(), "");  // an orderly end, no reset
    EXPECT_EQ(server.process().wait(), 0);
    EXPECT_EQ(server.events("stopping").at(0)["signal"], signal == SIGINT ? "SIGINT" : "SIGTERM");
    EXPECT_EQ(events_in(server.process().error()).back()["event"], "totals");
  }
}

TEST(EchoServer, EndsWhenTheStopFileAppears) {
  const echolab::test::TemporaryFolder folder;
  RunningServer server({ECHO_SERVER, "--stop-file", folder / "stop"});
  std::ofstream(folder / "stop").close();
  EXPECT_EQ(server.process().wait(), 0);
  EXPECT_EQ(server.events("stopping").at(0)["reason"], "stop_file");

  ChildProcess late({ECHO_SERVER, "--port", "0", "--stop-file", folder / "stop"});
  EXPECT_EQ(late.wait(), 0);
}

TEST(EchoServer, SaysWhichSocketCouldNotBeBound) {
  RunningServer server({ECHO_SERVER});
  for (const auto& [protocol, port] : {std::pair("udp", server.udp().port), std::pair("tcp", server.tcp().port)}) {
    ChildProcess second({ECHO_SERVER, "--protocol", protocol, "--address", "0.0.0.0", "--port", std::to_string(port)});
    EXPECT_EQ(second.wait(), 1);
    EXPECT_NE(second.error().find("Address already in use"), std::string::npos) << second.error();
    EXPECT_NE(second.error().find(std::string("bind ") + protocol), std::string::npos);
  }
}

}  // namespace
}  // namespace echo::test

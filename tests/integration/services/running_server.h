#pragma once
// A server program on ports of the system's choice, and plain blocking sockets to talk to it.

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "services/common/endpoint.h"
#include "services/common/resolve.h"
#include "services/common/unique_fd.h"
#include "tests/support/child_process.h"

namespace echo::test {

using echolab::test::ChildProcess;
using echolab::test::Command;
using nlohmann::json;

inline std::vector<json> events_in(const std::string& text) {
  std::vector<json> events;
  std::size_t from = 0;
  for (std::size_t end = 0; (end = text.find('\n', from)) != std::string::npos; from = end + 1) {
    if (text.compare(from, 6, "{\"v\":1") == 0) events.push_back(json::parse(text.substr(from, end - from)));
  }
  return events;
}

inline std::vector<json> events_named(const std::string& text, const std::string& name) {
  std::vector<json> events;
  for (json& event : events_in(text)) {
    if (event["event"] == name) events.push_back(std::move(event));
  }
  return events;
}

class RunningServer {
 public:
  explicit RunningServer(std::vector<std::string> argv) : RunningServer(Command{.argv = std::move(argv)}) {}
  explicit RunningServer(Command command) : process_(with_events(std::move(command))) {
    process_.wait_for_error_line("\"event\":\"ready\"");
    for (const json& event : events_named(process_.error(), "listen")) {
      const std::string local = event["local"];
      const auto port = static_cast<std::uint16_t>(std::stoul(local.substr(local.rfind(':') + 1)));
      const bool ipv6 = local[0] == '[';
      (event["proto"] == "udp" ? (ipv6 ? udp6_ : udp4_) : (ipv6 ? tcp6_ : tcp4_)) = port;
    }
  }

  ChildProcess& process() { return process_; }
  Endpoint udp(const char* address = "127.0.0.1") const { return at(address, udp4_, udp6_); }
  Endpoint tcp(const char* address = "127.0.0.1") const { return at(address, tcp4_, tcp6_); }
  // Ends it by SIGTERM and returns the exit status; the event log is complete then.
  int stop() {
    process_.signal(SIGTERM);
    return process_.wait();
  }
  std::vector<json> events(const std::string& name) const { return events_named(process_.error(), name); }
  json totals() const { return events("totals").at(0); }

 private:
  static Command with_events(Command command) {
    command.argv.insert(command.argv.end(), {"--port", "0", "--events", "-"});
    return command;
  }
  static Endpoint at(const char* address, std::uint16_t port4, std::uint16_t port6) {
    Endpoint endpoint = parse_address(address, 0).value();
    endpoint.port = endpoint.family == Endpoint::Family::ipv6 ? port6 : port4;
    return endpoint;
  }

  ChildProcess process_;
  std::uint16_t udp4_ = 0, udp6_ = 0, tcp4_ = 0, tcp6_ = 0;
};

// Blocking, with a limit of 10 s for each receive: a test fails then, it does not hang.
class Peer {
 public:
  static Peer udp(const Endpoint& local) {
    Peer peer(local, SOCK_DGRAM);
    sockaddr_storage name{};
    const socklen_t length = local.to(name);
    peer.check(::bind(peer.fd(), reinterpret_cast<const sockaddr*>(&name), length), "bind");
    return peer;
  }
  static Peer tcp(const Endpoint& server) {
    Peer peer(server, SOCK_STREAM);
    sockaddr_storage name{};
    const socklen_t length = server.to(name);
    peer.check(::connect(peer.fd(), reinterpret_cast<const sockaddr*>(&name), length), "connect");
    return peer;
  }

  int fd() const { return fd_.get(); }
  Endpoint local() const { return Endpoint::local_of(fd()); }
  void send_to(const Endpoint& to, const std::string& bytes) const {
    sockaddr_storage name{};
    const socklen_t length = to.to(name);
    check(::sendto(fd(), bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&name), length), "sendto");
  }
  std::pair<std::string, Endpoint> receive_from() const {
    std::string bytes(65'536, '\0');
    sockaddr_storage name{};
    socklen_t length = sizeof name;
    const ssize_t size = ::recvfrom(fd(), bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&name), &length);
    check(size, "recvfrom");
    bytes.resize(static_cast<std::size_t>(size));
    return {bytes, Endpoint::from(name)};
  }
  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t size = ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      check(size, "send");
      bytes.remove_prefix(static_cast<std::size_t>(size));
    }
  }
  // "" at the end of the stream.
  std::string receive() const {
    std::string bytes(65'536, '\0');
    const ssize_t size = ::recv(fd(), bytes.data(), bytes.size(), 0);
    check(size, "recv");
    bytes.resize(static_cast<std::size_t>(size));
    return bytes;
  }
  std::string receive_exactly(std::size_t size) const {
    std::string bytes;
    while (bytes.size() < size) {
      const std::string more = receive();
      if (more.empty()) break;
      bytes += more;
    }
    return bytes;
  }

 private:
  Peer(const Endpoint& endpoint, int type) : fd_(::socket(endpoint.domain(), type | SOCK_CLOEXEC, 0)) {
    const timeval limit{10, 0};
    check(::setsockopt(fd(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), "setsockopt");
  }
  static void check(ssize_t result, const char* what) {
    if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  }

  UniqueFd fd_;
};

inline Endpoint any_port(const char* address = "127.0.0.1") {
  return parse_address(address, 0).value();
}

}  // namespace echo::test

// A node of a lab reaches the other nodes and nothing else: not the host, not the internet, not a name server.

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "lab/base/file.h"
#include "tests/integration/lab/lab.h"

namespace echolab::lab_test {
namespace {

using testing::HasSubstr;

// Listens on every address of the host, IPv4 and IPv6, at a port that the system chose.
class HostService {
 public:
  HostService() : fd_(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int both = 0;
    ::setsockopt(fd_.get(), IPPROTO_IPV6, IPV6_V6ONLY, &both, sizeof both);
    sockaddr_in6 any{};
    any.sin6_family = AF_INET6;
    socklen_t length = sizeof any;
    auto* const address = reinterpret_cast<sockaddr*>(&any);
    if (::bind(fd_.get(), address, length) != 0 || ::listen(fd_.get(), 8) != 0 ||
        ::getsockname(fd_.get(), address, &length) != 0) {
      throw std::runtime_error("cannot listen on the host");
    }
    port_ = ntohs(any.sin6_port);
  }
  std::uint16_t port() const { return port_; }

 private:
  UniqueFd fd_;
  std::uint16_t port_ = 0;
};

// Tries a TCP connection with nothing but bash, and prints what came of it.
std::string attempt(const std::string& name, const std::string& address, std::uint16_t port) {
  return "if timeout 2 bash -c '</dev/tcp/" + address + "/" + std::to_string(port) + "' 2>/dev/null; then echo " +
         name + " REACHED; else echo " + name + " refused; fi; ";
}

// The same, again and again: a program that is not ours can't be held back until the server listens.
std::string until_reached(const std::string& name, const std::string& address, std::uint16_t port) {
  return "if timeout 20 bash -c 'until </dev/tcp/" + address + "/" + std::to_string(port) +
         "; do :; done' 2>/dev/null; then echo " + name + " REACHED; else echo " + name + " refused; fi; ";
}

TEST(Isolation, ANodeReachesItsServerAndNothingElse) {
  if (const std::string reason = why_no_docker(); !reason.empty()) GTEST_SKIP() << reason;
  if (!test::has_program("tshark")) GTEST_SKIP() << "tshark is not installed";
  const test::TemporaryFolder folder;
  const HostService host;
  // 198.19.254.0/24: .1 is the gateway that Docker keeps for the bridge, .2 the server; 172.17.0.1 is the host on
  // Docker's default bridge, 192.0.2.1 an address of nobody (RFC 5737).
  const std::string script = until_reached("server", "198.19.254.2", 5000) +
                             attempt("gateway", "198.19.254.1", host.port()) +
                             attempt("host", "172.17.0.1", host.port()) + attempt("internet", "192.0.2.1", 80) +
                             "if timeout 5 getent hosts example.com >/dev/null; then echo names REACHED; "
                             "else echo names refused; fi";
  write_file_atomically(folder / "isolation.yaml",
                        "echolab: 1\nname: isolation\n"
                        "networks: [{name: lab, subnet: 198.19.254.0/24}]\n"
                        "servers: [{name: server, protocol: tcp}]\n"
                        "clients:\n  - name: prober\n    image: debian:bookworm-slim\n"
                        "    command: [bash, -c, \"" +
                            script +
                            "\"]\n"
                            "    messages: {text: unused}\n");
  const test::Finished finished = test::run_program(
      echolab({"run", "--engine", "docker", "--out", (folder / "run").string(), (folder / "isolation.yaml").string()}));
  ASSERT_EQ(finished.status, 1) << finished.out << finished.err;  // the prober sends no message: the checks fail

  const std::string tried = read_file(folder / "run/nodes/prober-1/stdout");
  EXPECT_THAT(tried, HasSubstr("server REACHED"));  // or else the refusals below would prove nothing
  for (const char* name : {"gateway", "host", "internet", "names"}) {
    EXPECT_THAT(tried, HasSubstr(std::string(name) + " refused"));
  }
  // Nothing was answered by anybody but the two nodes, and no question to a name server left the node.
  const test::Finished strangers =
      test::run_program({.argv = {"tshark", "-r", (folder / "run/captures/lab.pcapng").string(), "-Y",
                                  "dns || ((tcp || udp) && !(ip.src == 198.19.254.2 || ip.src == 198.19.254.3))", "-T",
                                  "fields", "-e", "frame.number"}});
  EXPECT_EQ(strangers.status, 0) << strangers.err;
  EXPECT_EQ(strangers.out, "");
}

// Docker gives the bridge of an IPv6 network the gateway's address and fe80::1, and the kernel gives it one made of its
// MAC address, which a node learns from any router advertisement or by guessing.
TEST(Isolation, NoIpv6AddressOfTheBridgeReachesTheHost) {
  if (const std::string reason = why_no_docker(); !reason.empty()) GTEST_SKIP() << reason;
  const test::TemporaryFolder folder;
  const HostService host;
  const std::string script = until_reached("server", "fd00:ec0::2", 5000) +
                             attempt("gateway", "fd00:ec0::1", host.port()) +
                             attempt("link-local", "fe80::1%eth0", host.port());
  write_file_atomically(folder / "isolation.yaml",
                        "echolab: 1\nname: isolation\n"
                        "networks: [{name: lab, family: dual, subnet6: fd00:ec0::/64}]\n"
                        "servers: [{name: server, protocol: tcp}]\n"
                        "clients:\n  - name: prober\n    family: ipv6\n    image: debian:bookworm-slim\n"
                        "    command: [bash, -c, \"" +
                            script +
                            "\"]\n"
                            "    messages: {text: unused}\n");
  const test::Finished finished = test::run_program(
      echolab({"run", "--engine", "docker", "--out", (folder / "run").string(), (folder / "isolation.yaml").string()}));
  ASSERT_EQ(finished.status, 1) << finished.out << finished.err;
  const std::string tried = read_file(folder / "run/nodes/prober-1/stdout");
  EXPECT_THAT(tried, HasSubstr("server REACHED"));
  EXPECT_THAT(tried, HasSubstr("gateway refused"));
  EXPECT_THAT(tried, HasSubstr("link-local refused"));
}

}  // namespace
}  // namespace echolab::lab_test

#pragma once
// What tshark says was on the wire: the second opinion that the tests hold echolab's findings against.

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace echolab::lab_test {

// One UDP datagram that was not fragmented, as tshark decodes it.
struct WireDatagram {
  std::uint64_t number = 0;
  double time = 0;                  // seconds since 1970
  std::string source, destination;  // addresses
  unsigned source_port = 0, destination_port = 0;
  std::string payload;  // hexadecimal
};

std::vector<WireDatagram> udp_datagrams(const std::filesystem::path& capture);

struct WireLab {
  std::string server;  // address
  unsigned port = 5000;
  std::vector<WireDatagram> datagrams;

  bool is_request(const WireDatagram& d) const { return d.destination == server && d.destination_port == port; }
  bool is_reply(const WireDatagram& d) const { return d.source == server; }

  // Packet numbers, by the plain definition of each fault.
  std::set<std::uint64_t> requests_without_equal_reply() const;
  std::set<std::uint64_t> replies_that_equal_no_own_request() const;
  std::set<std::uint64_t> second_replies() const;
  std::set<std::uint64_t> replies_after(double seconds) const;
  std::set<std::uint64_t> replies_from_other_ports() const;
};

}  // namespace echolab::lab_test

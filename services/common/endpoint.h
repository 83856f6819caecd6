#pragma once
// An Internet address with a port, small and trivially copyable, so that it fits into event records.

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace echo {

struct Endpoint {
  enum class Family : std::uint8_t { none, ipv4, ipv6 };

  std::array<std::uint8_t, 16> address{};  // network byte order; IPv4 uses the first four
  std::uint32_t scope = 0;                 // interface of an IPv6 link-local address
  std::uint16_t port = 0;                  // host byte order
  Family family = Family::none;

  // An IPv4-mapped IPv6 address becomes IPv4; anything but AF_INET and AF_INET6 becomes `none`.
  static Endpoint from(const sockaddr_storage& name);
  static Endpoint local_of(int socket);  // getsockname(2)
  // Returns the length for bind(2), connect(2) and sendto(2).
  socklen_t to(sockaddr_storage& name) const;

  bool is_set() const { return family != Family::none; }
  bool is_wildcard() const;
  int domain() const { return family == Family::ipv6 ? AF_INET6 : AF_INET; }
  const char* family_name() const { return family == Family::ipv6 ? "ipv6" : "ipv4"; }

  static constexpr std::size_t max_text = 64;
  // "198.18.0.2:5000", "[fd00::2]:5000"; returns the number of characters.
  std::size_t write_text(char (&text)[max_text]) const;
  std::string to_string() const;

  // Same address and port; the scope does not count.
  bool operator==(const Endpoint& other) const {
    return family == other.family && port == other.port && address == other.address;
  }
};

// The address this machine would use towards `remote` (a route look-up, no packet is sent), with port 0;
// `none` when there is no route.
Endpoint source_address_towards(const Endpoint& remote);

}  // namespace echo

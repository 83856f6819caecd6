#pragma once
// Internet addresses as values: no bare int or string for an address, a port or an endpoint between modules.

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace echolab {

enum class Family : std::uint8_t { ipv4, ipv6 };
std::string_view to_string(Family family);  // "ipv4", "ipv6"

enum class Transport : std::uint8_t { udp, tcp };
std::string_view to_string(Transport transport);  // "udp", "tcp"

// A 16-bit transport port. 0 means "the operating system chooses".
struct Port {
  std::uint16_t value = 0;
  auto operator<=>(const Port&) const = default;
};

// An IPv4 or IPv6 address in network byte order; IPv4 uses the first four bytes, the others are zero.
class IpAddress {
 public:
  IpAddress() = default;  // 0.0.0.0
  static IpAddress v4(std::uint32_t host_order);
  // Inline: once or twice per captured packet. Whole words are stored, so that they can be read again as such at once.
  static IpAddress from_v4_bytes(const std::uint8_t* four) {
    const std::uint8_t words[16] = {four[0], four[1], four[2], four[3]};
    IpAddress address;
    std::memcpy(address.bytes_.data(), words, sizeof words);
    return address;
  }
  static IpAddress from_v6_bytes(const std::uint8_t* sixteen) {
    IpAddress address;
    address.family_ = Family::ipv6;
    std::memcpy(address.bytes_.data(), sixteen, 16);
    return address;
  }
  // Dotted quad or RFC 4291 text without zone; nullopt when it is neither.
  static std::optional<IpAddress> parse(std::string_view text);

  Family family() const { return family_; }
  bool is_v4() const { return family_ == Family::ipv4; }
  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  std::uint32_t v4_host_order() const;        // only for IPv4
  IpAddress plus(std::uint64_t hosts) const;  // address arithmetic inside a subnet; wraps
  std::string to_string() const;              // RFC 5952 for IPv6

  bool operator==(const IpAddress&) const = default;
  // IPv4 before IPv6, then as the bytes are.
  std::strong_ordering operator<=>(const IpAddress& other) const {
    if (family_ != other.family_) return family_ <=> other.family_;
    return bytes_ <=> other.bytes_;
  }

 private:
  std::array<std::uint8_t, 16> bytes_{};
  Family family_ = Family::ipv4;
};

// An address with a port: "198.18.0.2:5000", "[fd00::2]:5000".
struct Endpoint {
  IpAddress address;
  Port port;
  static std::optional<Endpoint> parse(std::string_view text);
  std::string to_string() const;
  auto operator<=>(const Endpoint&) const = default;
};

// A subnet: address with host bits zero, and length in bits (RFC 4632).
class Prefix {
 public:
  Prefix() = default;
  Prefix(IpAddress address, int length);  // host bits are cleared
  // "198.18.0.0/24"; nullopt when it is no prefix or has host bits set.
  static std::optional<Prefix> parse(std::string_view text);

  const IpAddress& network() const { return network_; }
  int length() const { return length_; }
  Family family() const { return network_.family(); }
  bool contains(const IpAddress& address) const;
  bool overlaps(const Prefix& other) const;  // false across families
  IpAddress host(std::uint64_t index) const { return network_.plus(index); }
  // Addresses that nodes can have: all but network and broadcast (IPv4) or subnet-router anycast (IPv6); saturates.
  std::uint64_t usable_hosts() const;
  std::string to_string() const;
  auto operator<=>(const Prefix&) const = default;

 private:
  IpAddress network_;
  int length_ = 0;
};

struct MacAddress {
  std::array<std::uint8_t, 6> bytes{};
  std::string to_string() const;  // "02:42:c6:12:00:02"
  auto operator<=>(const MacAddress&) const = default;
};

}  // namespace echolab

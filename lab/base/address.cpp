#include "lab/base/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace echolab {

namespace {

template <typename Number>
std::optional<Number> parse_decimal(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string_view to_string(Family family) {
  return family == Family::ipv4 ? "ipv4" : "ipv6";
}
std::string_view to_string(Transport transport) {
  return transport == Transport::udp ? "udp" : "tcp";
}

IpAddress IpAddress::v4(std::uint32_t host_order) {
  IpAddress address;
  for (std::size_t i = 0; i < 4; ++i) address.bytes_[i] = static_cast<std::uint8_t>(host_order >> (24 - 8 * i));
  return address;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.size() >= INET6_ADDRSTRLEN) return std::nullopt;
  const std::string zero_terminated(text);
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET, zero_terminated.c_str(), bytes.data()) == 1) return from_v4_bytes(bytes.data());
  if (inet_pton(AF_INET6, zero_terminated.c_str(), bytes.data()) == 1) return from_v6_bytes(bytes.data());
  return std::nullopt;
}

std::uint32_t IpAddress::v4_host_order() const {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | bytes_[i];
  return value;
}

IpAddress IpAddress::plus(std::uint64_t hosts) const {
  IpAddress sum = *this;
  const std::size_t size = is_v4() ? 4 : 16;
  std::uint64_t carry = hosts;
  for (std::size_t i = size; i-- > 0 && carry != 0;) {
    // Add byte by byte from the least significant end; the carry keeps what is left of the 64-bit summand.
    const std::uint64_t total = (carry & 0xff) + sum.bytes_[i];
    sum.bytes_[i] = static_cast<std::uint8_t>(total);
    carry = (carry >> 8) + (total >> 8);
  }
  return sum;
}

std::string IpAddress::to_string() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(is_v4() ? AF_INET : AF_INET6, bytes_.data(), text.data(), text.size());
  return text.data();
}

std::optional<Endpoint> Endpoint::parse(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto address = IpAddress::parse(host);
  const auto port = parse_decimal<std::uint16_t>(text.substr(colon + 1));
  if (!address || !port || address->is_v4() == bracketed) return std::nullopt;
  return Endpoint{*address, Port{*port}};
}

std::string Endpoint::to_string() const {
  return address.is_v4() ? fmt::format("{}:{}", address.to_string(), port.value)
                         : fmt::format("[{}]:{}", address.to_string(), port.value);
}

Prefix::Prefix(IpAddress address, int length) : length_(length) {
  std::array<std::uint8_t, 16> bytes = address.bytes();
  const int bits = address.is_v4() ? 32 : 128;
  for (int bit = length; bit < bits; ++bit) {
    auto& byte = bytes[static_cast<std::size_t>(bit / 8)];
    byte = static_cast<std::uint8_t>(byte & ~(0x80 >> (bit % 8)));
  }
  network_ = address.is_v4() ? IpAddress::from_v4_bytes(bytes.data()) : IpAddress::from_v6_bytes(bytes.data());
}

std::optional<Prefix> Prefix::parse(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = IpAddress::parse(text.substr(0, slash));
  const auto length = parse_decimal<int>(text.substr(slash + 1));
  if (!address || !length || *length < 0 || *length > (address->is_v4() ? 32 : 128)) return std::nullopt;
  const Prefix prefix(*address, *length);
  if (prefix.network() != *address) return std::nullopt;
  return prefix;
}

bool Prefix::contains(const IpAddress& address) const {
  return address.family() == family() && Prefix(address, length_).network_ == network_;
}

bool Prefix::overlaps(const Prefix& other) const {
  if (family() != other.family()) return false;
  return length_ <= other.length_ ? contains(other.network_) : other.contains(network_);
}

std::uint64_t Prefix::usable_hosts() const {
  const int host_bits = (network_.is_v4() ? 32 : 128) - length_;
  const std::uint64_t reserved = network_.is_v4() ? 2 : 1;
  if (host_bits >= 64) return std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t all = std::uint64_t{1} << host_bits;
  return all > reserved ? all - reserved : 0;
}

std::string Prefix::to_string() const {
  return fmt::format("{}/{}", network_.to_string(), length_);
}

std::string MacAddress::to_string() const {
  return fmt::format("{:02x}", fmt::join(bytes, ":"));
}

}  // namespace echolab

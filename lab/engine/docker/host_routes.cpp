#include "lab/engine/docker/host_routes.h"

#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <sstream>

namespace echolab::engine::docker {

namespace {

std::string content_of(const char* file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

bool parse_hex(const std::string& text, std::uint32_t& value) {
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return error == std::errc{} && rest == text.data() + text.size();
}

}  // namespace

// Iface Destination Gateway Flags RefCnt Use Metric Mask …: addresses are hexadecimal numbers whose bytes in
// memory are in network order, so on this machine's byte order the numbers come out reversed.
std::vector<Prefix> parse_ipv4_routes(const std::string& table) {
  std::vector<Prefix> prefixes;
  std::istringstream lines(table);
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    std::array<std::string, 8> field;
    for (auto& text : field) fields >> text;
    std::uint32_t destination = 0, mask = 0;
    if (!parse_hex(field[1], destination) || !parse_hex(field[7], mask) || mask == 0) continue;
    const auto bytes = std::bit_cast<std::array<std::uint8_t, 4>>(destination);
    prefixes.emplace_back(IpAddress::from_v4_bytes(bytes.data()), std::popcount(mask));
  }
  return prefixes;
}

// destination(32 digits) length(hex) source length next-hop metric refcount use flags interface
std::vector<Prefix> parse_ipv6_routes(const std::string& table) {
  std::vector<Prefix> prefixes;
  std::istringstream lines(table);
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream fields(line);
    std::string destination, length_text;
    fields >> destination >> length_text;
    std::uint32_t length = 0;
    if (destination.size() != 32 || !parse_hex(length_text, length) || length == 0 || length > 128) continue;
    std::array<std::uint8_t, 16> bytes{};
    bool valid = true;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      std::uint32_t byte = 0;
      valid = valid && parse_hex(destination.substr(2 * i, 2), byte);
      bytes[i] = static_cast<std::uint8_t>(byte);
    }
    // Link-local and multicast routes are on every interface and say nothing about subnets.
    if (valid && bytes[0] != 0xff && !(bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80)) {
      prefixes.emplace_back(IpAddress::from_v6_bytes(bytes.data()), static_cast<int>(length));
    }
  }
  return prefixes;
}

std::vector<Prefix> host_routes() {
  auto prefixes = parse_ipv4_routes(content_of("/proc/net/route"));
  const auto more = parse_ipv6_routes(content_of("/proc/net/ipv6_route"));
  prefixes.insert(prefixes.end(), more.begin(), more.end());
  return prefixes;
}

}  // namespace echolab::engine::docker

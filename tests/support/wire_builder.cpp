#include "tests/support/wire_builder.h"

#include <algorithm>

namespace echolab::test {

namespace {

void put_le(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
}

void put_be(std::string& out, std::uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i));
}

std::uint32_t sum16(std::string_view bytes, std::uint32_t sum = 0) {
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    sum += static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[i])) << 8;
    if (i + 1 < bytes.size()) sum += static_cast<std::uint8_t>(bytes[i + 1]);
  }
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}

std::string raw(const IpAddress& address) {
  return {reinterpret_cast<const char*>(address.bytes().data()), address.is_v4() ? std::size_t{4} : std::size_t{16}};
}

// Internet checksum over pseudo header and segment (RFC 768, RFC 9293, RFC 8200 section 8.1).
std::uint16_t transport_checksum(const Endpoint& from, const Endpoint& to, std::uint8_t protocol,
                                 std::string_view segment) {
  std::string pseudo = raw(from.address) + raw(to.address);
  put_be(pseudo, segment.size(), 4);
  put_be(pseudo, protocol, 4);
  return static_cast<std::uint16_t>(~sum16(segment, sum16(pseudo)));
}

std::string udp_segment(const Endpoint& from, const Endpoint& to, std::string_view payload) {
  std::string segment;
  put_be(segment, from.port.value, 2);
  put_be(segment, to.port.value, 2);
  put_be(segment, payload.size() + 8, 2);
  put_be(segment, 0, 2);
  segment += payload;
  std::uint16_t checksum = transport_checksum(from, to, 17, segment);
  if (checksum == 0) checksum = 0xffff;
  segment[6] = static_cast<char>(checksum >> 8);
  segment[7] = static_cast<char>(checksum & 0xff);
  return segment;
}

std::string ipv4_header(const Endpoint& from, const Endpoint& to, std::uint8_t protocol, std::size_t size,
                        std::uint16_t identification, std::uint16_t fragment) {
  std::string header("\x45\x00", 2);
  put_be(header, size + 20, 2);
  put_be(header, identification, 2);
  put_be(header, fragment, 2);
  put_be(header, 64, 1);
  put_be(header, protocol, 1);
  put_be(header, 0, 2);
  header += raw(from.address) + raw(to.address);
  const std::uint32_t checksum = ~sum16(header);
  header[10] = static_cast<char>(checksum >> 8);
  header[11] = static_cast<char>(checksum);
  return header;
}

std::string ipv6_header(const Endpoint& from, const Endpoint& to, std::uint8_t next, std::size_t size) {
  std::string header("\x60\x00\x00\x00", 4);
  put_be(header, size, 2);
  put_be(header, next, 1);
  put_be(header, 64, 1);
  return header + raw(from.address) + raw(to.address);
}

}  // namespace

WireBuilder::WireBuilder() {
  put_le(file_, 0xa1b23c4d, 4);  // nanoseconds
  put_le(file_, 2, 2);
  put_le(file_, 4, 2);
  put_le(file_, 0, 8);
  put_le(file_, 262144, 4);
  put_le(file_, 1, 4);  // LINKTYPE_ETHERNET
}

std::uint64_t WireBuilder::frame(const Endpoint& from, const Endpoint& to, std::string_view ip_packet) {
  std::string bytes("\x02\x00\x00\x00\x00", 5);
  bytes += static_cast<char>(to.address.bytes()[3]);
  bytes += std::string("\x02\x00\x00\x00\x00", 5);
  bytes += static_cast<char>(from.address.bytes()[3]);
  put_be(bytes, from.address.is_v4() ? 0x0800 : 0x86dd, 2);
  bytes += ip_packet;
  put_le(file_, static_cast<std::uint64_t>(time_ns_ / 1'000'000'000), 4);
  put_le(file_, static_cast<std::uint64_t>(time_ns_ % 1'000'000'000), 4);
  put_le(file_, std::min(snaplen_, bytes.size()), 4);
  put_le(file_, bytes.size(), 4);
  file_ += bytes.substr(0, snaplen_);
  return ++packets_;
}

std::uint64_t WireBuilder::ip(const Endpoint& from, const Endpoint& to, std::uint8_t protocol,
                              std::string_view payload) {
  const std::string header = from.address.is_v4()
                                 ? ipv4_header(from, to, protocol, payload.size(), ++identification_, 0x4000)
                                 : ipv6_header(from, to, protocol, payload.size());
  return frame(from, to, header + std::string(payload));
}

std::uint64_t WireBuilder::udp(const Endpoint& from, const Endpoint& to, std::string_view payload,
                               const UdpFields& fields) {
  std::string segment = udp_segment(from, to, payload);
  const auto replace = [&](std::size_t at, std::optional<std::uint16_t> value) {
    if (!value) return;
    segment[at] = static_cast<char>(*value >> 8);
    segment[at + 1] = static_cast<char>(*value & 0xff);
  };
  replace(4, fields.length);
  replace(6, fields.checksum);
  return ip(from, to, 17, segment);
}

std::uint64_t WireBuilder::udp_fragments(const Endpoint& from, const Endpoint& to, std::string_view payload,
                                         std::size_t size, int missing) {
  const std::string segment = udp_segment(from, to, payload);
  const std::uint16_t identification = ++identification_;
  for (std::size_t offset = 0, index = 0; offset < segment.size(); offset += size, ++index) {
    if (static_cast<int>(index) == missing) continue;
    const std::string piece = segment.substr(offset, size);
    const bool more = offset + size < segment.size();
    if (from.address.is_v4()) {
      const auto fragment = static_cast<std::uint16_t>(offset / 8 | (more ? 0x2000u : 0u));
      frame(from, to, ipv4_header(from, to, 17, piece.size(), identification, fragment) + piece);
    } else {
      std::string fragment;  // RFC 8200 section 4.5
      put_be(fragment, 17, 1);
      put_be(fragment, 0, 1);
      put_be(fragment, offset | (more ? 1u : 0u), 2);
      put_be(fragment, identification, 4);
      frame(from, to, ipv6_header(from, to, 44, piece.size() + 8) + fragment + piece);
    }
  }
  return packets_;
}

std::uint64_t WireBuilder::tcp(const Endpoint& from, const Endpoint& to, std::uint32_t sequence,
                               std::uint32_t acknowledgement, std::uint8_t flags, std::string_view payload) {
  std::string segment;
  put_be(segment, from.port.value, 2);
  put_be(segment, to.port.value, 2);
  put_be(segment, sequence, 4);
  put_be(segment, acknowledgement, 4);
  put_be(segment, 0x50, 1);
  put_be(segment, flags, 1);
  put_be(segment, window_, 2);
  put_be(segment, 0, 4);
  segment += payload;
  const std::uint16_t checksum = transport_checksum(from, to, 6, segment);
  segment[16] = static_cast<char>(checksum >> 8);
  segment[17] = static_cast<char>(checksum & 0xff);
  return ip(from, to, 6, segment);
}

}  // namespace echolab::test

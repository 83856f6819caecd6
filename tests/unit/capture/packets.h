#pragma once
// Packets and pcap files built by hand, byte by byte: slow, simple, and independent of the code under test.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lab/base/address.h"

namespace echolab::capture::test {

using Buffer = std::vector<std::uint8_t>;

inline void put8(Buffer& out, unsigned value) {
  out.push_back(static_cast<std::uint8_t>(value));
}
inline void put16(Buffer& out, unsigned value) {
  put8(out, value >> 8 & 0xff);
  put8(out, value & 0xff);
}
inline void put32(Buffer& out, std::uint64_t value) {
  put16(out, static_cast<unsigned>(value >> 16 & 0xffff));
  put16(out, static_cast<unsigned>(value & 0xffff));
}
inline void put(Buffer& out, std::span<const std::uint8_t> bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}
inline Buffer operator+(Buffer left, const Buffer& right) {
  put(left, right);
  return left;
}
inline Buffer text(std::string_view characters) {
  return {characters.begin(), characters.end()};
}
inline IpAddress address(std::string_view written) {
  return IpAddress::parse(written).value();
}

// 16-bit words one at a time, as RFC 1071 defines it.
inline unsigned simple_checksum(const Buffer& bytes) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    sum += static_cast<unsigned>(bytes[i]) << 8 | (i + 1 < bytes.size() ? bytes[i + 1] : 0u);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<unsigned>(~sum & 0xffff);
}

inline Buffer address_bytes(const IpAddress& ip) {
  return {ip.bytes().begin(), ip.bytes().begin() + (ip.is_v4() ? 4 : 16)};
}

inline void set16(Buffer& bytes, std::size_t at, unsigned value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8);
  bytes[at + 1] = static_cast<std::uint8_t>(value);
}

inline Buffer with_checksum(Buffer segment, std::size_t field, const IpAddress& from, const IpAddress& to,
                            unsigned protocol) {
  Buffer all = address_bytes(from) + address_bytes(to);
  put32(all, segment.size());
  put32(all, protocol);
  const unsigned sum = simple_checksum(all + segment);
  set16(segment, field, sum == 0 && protocol == 17 ? 0xffff : sum);
  return segment;
}

inline Buffer udp(const Endpoint& from, const Endpoint& to, const Buffer& payload) {
  Buffer out;
  put16(out, from.port.value);
  put16(out, to.port.value);
  put16(out, static_cast<unsigned>(8 + payload.size()));
  put16(out, 0);
  return with_checksum(out + payload, 6, from.address, to.address, 17);
}

constexpr unsigned fin = 1, syn = 2, rst = 4, psh = 8, ack = 16;
inline Buffer tcp(const Endpoint& from, const Endpoint& to, std::uint32_t sequence, std::uint32_t acknowledgement,
                  unsigned flags, const Buffer& payload, const Buffer& options = {}) {
  Buffer out;
  put16(out, from.port.value);
  put16(out, to.port.value);
  put32(out, sequence);
  put32(out, acknowledgement);
  put16(out, static_cast<unsigned>((5 + options.size() / 4) << 12 | flags));
  put16(out, 8192);
  put32(out, 0);
  return with_checksum(out + options + payload, 16, from.address, to.address, 6);
}

struct Fragmenting {
  unsigned id = 0;
  std::size_t offset = 0;
  bool more = false;
};

inline Buffer ipv4(const IpAddress& from, const IpAddress& to, unsigned protocol, const Buffer& payload,
                   Fragmenting fragment = {}, const Buffer& options = {}) {
  Buffer out;
  put8(out, static_cast<unsigned>(0x45 + options.size() / 4));
  put8(out, 0);
  put16(out, static_cast<unsigned>(20 + options.size() + payload.size()));
  put16(out, fragment.id);
  put16(out, static_cast<unsigned>(fragment.offset / 8) | (fragment.more ? 0x2000u : 0u));
  put8(out, 64);
  put8(out, protocol);
  put16(out, 0);
  put(out, address_bytes(from));
  put(out, address_bytes(to));
  put(out, options);
  set16(out, 10, simple_checksum(out));
  return out + payload;
}

inline Buffer ipv6(const IpAddress& from, const IpAddress& to, unsigned next_header, const Buffer& payload) {
  Buffer out;
  put32(out, 0x60000000);
  put16(out, static_cast<unsigned>(payload.size()));
  put8(out, next_header);
  put8(out, 64);
  put(out, address_bytes(from));
  put(out, address_bytes(to));
  return out + payload;
}

inline Buffer fragment_header(unsigned next_header, const Fragmenting& fragment) {
  Buffer out;
  put8(out, next_header);
  put8(out, 0);
  put16(out, static_cast<unsigned>(fragment.offset) | (fragment.more ? 1u : 0u));
  put32(out, fragment.id);
  return out;
}

inline Buffer ip(const IpAddress& from, const IpAddress& to, unsigned protocol, const Buffer& payload) {
  return from.is_v4() ? ipv4(from, to, protocol, payload) : ipv6(from, to, protocol, payload);
}

inline Buffer ethernet(unsigned type, const Buffer& payload, const std::vector<unsigned>& vlan_types = {}) {
  Buffer out = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1};
  for (const unsigned vlan : vlan_types) {
    put16(out, vlan);
    put16(out, 42);
  }
  put16(out, type);
  return out + payload;
}
inline Buffer ethernet_ip(const Buffer& packet) {
  return ethernet(packet[0] >> 4 == 4 ? 0x0800 : 0x86dd, packet);
}

// A pcap file in memory.
class PcapFile {
 public:
  struct Kind {
    bool big_endian = false;
    bool nanoseconds = false;
    std::uint32_t link_type = 1;
    std::uint32_t snaplen = 262144;
  };
  PcapFile() : PcapFile(Kind{}) {}
  explicit PcapFile(Kind kind) : kind_(kind) {
    u32(kind.nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
    u32(kind.big_endian ? 0x00020004 : 0x00040002);
    u32(0);
    u32(0);
    u32(kind.snaplen);
    u32(kind.link_type);
  }
  // 1 ms after the one before.
  PcapFile& add(const Buffer& frame) { return add(frame, frame.size()); }
  PcapFile& add(const Buffer& frame, std::size_t original) {
    time_ns_ += 1'000'000;
    return add_at(time_ns_, frame, original);
  }
  PcapFile& add_at(std::int64_t time_ns, const Buffer& frame, std::size_t original) {
    u32(static_cast<std::uint32_t>(time_ns / 1'000'000'000));
    u32(static_cast<std::uint32_t>(time_ns % 1'000'000'000 / (kind_.nanoseconds ? 1 : 1000)));
    u32(static_cast<std::uint32_t>(frame.size()));
    u32(static_cast<std::uint32_t>(original));
    put(bytes_, frame);
    return *this;
  }
  const Buffer& bytes() const { return bytes_; }

 private:
  void u32(std::uint32_t value) {
    for (int i = 0; i < 4; ++i) put8(bytes_, value >> (kind_.big_endian ? 24 - 8 * i : 8 * i) & 0xff);
  }
  Kind kind_;
  Buffer bytes_;
  std::int64_t time_ns_ = 1'700'000'000'000'000'000;
};

}  // namespace echolab::capture::test

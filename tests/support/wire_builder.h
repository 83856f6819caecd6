#pragma once
// Frames and captures made by hand for tests: a small pcap writer and IPv4, IPv6, UDP and TCP headers, independent of
// the product's reader and writer.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/base/address.h"

namespace echolab::test {

// What a UDP header says instead of the truth.
struct UdpFields {
  std::optional<std::uint16_t> checksum, length;
};

// A capture in the making: Ethernet, nanosecond pcap, little-endian.
class WireBuilder {
 public:
  // Each adds one frame at the present time and returns its packet number, from 1.
  std::uint64_t udp(const Endpoint& from, const Endpoint& to, std::string_view payload, const UdpFields& fields = {});
  // The datagram in fragments of at most `size` payload bytes (a multiple of 8); skips the one with index `missing`.
  std::uint64_t udp_fragments(const Endpoint& from, const Endpoint& to, std::string_view payload, std::size_t size,
                              int missing = -1);
  // flags as in the header: FIN 1, SYN 2, RST 4, PSH 8, ACK 16.
  std::uint64_t tcp(const Endpoint& from, const Endpoint& to, std::uint32_t sequence, std::uint32_t acknowledgement,
                    std::uint8_t flags, std::string_view payload = {});

  void advance_us(std::int64_t microseconds) { time_ns_ += microseconds * 1000; }
  std::uint64_t packets() const { return packets_; }
  void set_window(std::uint16_t window) { window_ = window; }  // of each following TCP segment
  // Stores at most this many bytes of each following frame.
  void set_snaplen(std::size_t snaplen) { snaplen_ = snaplen; }
  const std::string& file() const { return file_; }
  std::int64_t time_ns() const { return time_ns_; }  // of the next frame, and of the last one

  WireBuilder();

 private:
  std::uint64_t frame(const Endpoint& from, const Endpoint& to, std::string_view ip_packet);
  std::uint64_t ip(const Endpoint& from, const Endpoint& to, std::uint8_t protocol, std::string_view payload);

  std::string file_;
  std::int64_t time_ns_ = 1'763'800'000'000'000'000;
  std::uint64_t packets_ = 0;
  std::uint16_t identification_ = 0, window_ = 65535;
  std::size_t snaplen_ = 262144;
};

}  // namespace echolab::test

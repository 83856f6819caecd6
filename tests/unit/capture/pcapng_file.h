#pragma once
// pcapng written by hand, in either byte order, with blocks that our own writer never writes.

#include "tests/unit/capture/packets.h"

namespace echolab::capture::test {

class PcapngFile {
 public:
  explicit PcapngFile(bool big_endian = false) : big_(big_endian) { section(); }

  PcapngFile& section(const Buffer& options = {}) {
    Buffer body;
    u32(body, 0x1A2B3C4D);
    u16(body, 1);
    u16(body, 0);
    u32(body, 0xffffffff);
    u32(body, 0xffffffff);
    return block(0x0A0D0D0A, body + options);
  }
  PcapngFile& interface(unsigned link_type, std::uint32_t snaplen = 0, const Buffer& options = {}) {
    Buffer body;
    u16(body, link_type);
    u16(body, 0);
    u32(body, snaplen);
    return block(1, body + options);
  }
  PcapngFile& enhanced(unsigned interface, std::uint64_t units, const Buffer& frame, const Buffer& options = {}) {
    Buffer body;
    u32(body, interface);
    return block(6, packet_body(body, units, frame) + options);
  }
  PcapngFile& old_packet(unsigned interface, std::uint64_t units, const Buffer& frame) {
    Buffer body;
    u16(body, interface);
    u16(body, 0xffff);  // drops: unknown
    return block(2, packet_body(body, units, frame));
  }
  PcapngFile& simple(const Buffer& frame) {
    Buffer body;
    u32(body, static_cast<std::uint32_t>(frame.size()));
    return block(3, padded(body + frame));
  }
  PcapngFile& block(std::uint32_t type, const Buffer& body) {
    u32(bytes_, type);
    u32(bytes_, static_cast<std::uint32_t>(body.size() + 12));
    put(bytes_, body);
    u32(bytes_, static_cast<std::uint32_t>(body.size() + 12));
    return *this;
  }
  Buffer option(unsigned code, const Buffer& value) const {
    Buffer out;
    u16(out, code);
    u16(out, static_cast<unsigned>(value.size()));
    return padded(out + value);
  }
  Buffer number(std::uint64_t value) const {
    Buffer out;
    u32(out, static_cast<std::uint32_t>(big_ ? value >> 32 : value));
    u32(out, static_cast<std::uint32_t>(big_ ? value : value >> 32));
    return out;
  }
  void u16(Buffer& out, unsigned value) const {
    put8(out, (big_ ? value >> 8 : value) & 0xff);
    put8(out, (big_ ? value : value >> 8) & 0xff);
  }
  void u32(Buffer& out, std::uint32_t value) const {
    for (int i = 0; i < 4; ++i) put8(out, value >> (big_ ? 24 - 8 * i : 8 * i) & 0xff);
  }
  static Buffer padded(Buffer bytes) {
    bytes.resize((bytes.size() + 3) / 4 * 4);
    return bytes;
  }
  const Buffer& bytes() const { return bytes_; }

 private:
  Buffer packet_body(Buffer body, std::uint64_t units, const Buffer& frame) const {
    u32(body, static_cast<std::uint32_t>(units >> 32));
    u32(body, static_cast<std::uint32_t>(units));
    u32(body, static_cast<std::uint32_t>(frame.size()));
    u32(body, static_cast<std::uint32_t>(frame.size()));
    return padded(body + frame);
  }
  bool big_;
  Buffer bytes_;
};

}  // namespace echolab::capture::test

#pragma once
// Follows a pcap stream record by record as it passes: counts packets and hands the head of each frame on.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace echo {

// Input may be split anywhere. After `damaged()` is set nothing more is read.
//
//   file header, 24 bytes: magic (a1b2c3d4 or a1b23c4d, this machine's byte order) | 2 version | 2 | 4 | 4
//                          | 4 snaplen | 4 link type
//   record, 16 bytes:      seconds | microseconds | captured length | length on the wire, then the captured
//   bytes
class PcapScanner {
 public:
  static constexpr std::size_t head_size = 64;        // bytes of each frame that the observer sees
  static constexpr std::uint32_t longest = 1u << 20;  // captured length; tcpdump's own limit is 262,144

  // `packet` counts from 1.
  using Observer = std::function<void(std::uint64_t packet, std::span<const std::uint8_t> head)>;
  // Of the stream, at most `limit` bytes are passed on: releasable() stops at the last record that fits.
  PcapScanner(std::uint64_t limit, Observer observer) : limit_(limit), observer_(std::move(observer)) {}

  void feed(std::span<const std::uint8_t> bytes);

  std::uint64_t packets() const { return packets_; }
  std::uint32_t link_type() const { return link_type_; }
  bool has_header() const { return state_ != State::file_header; }
  const std::string& damage() const { return damage_; }  // empty: none
  // Bytes from the start of the stream that end with a whole record and lie within the limit.
  std::uint64_t releasable() const { return releasable_; }
  std::uint64_t releasable_packets() const { return releasable_packets_; }
  bool over_limit() const { return over_limit_; }

 private:
  enum class State : std::uint8_t { file_header, record_header, record_body };
  void read_file_header();
  void read_record_header();
  void end_record();
  void end_of_unit();
  std::uint32_t field(std::size_t offset) const;

  std::uint64_t limit_;
  Observer observer_;
  State state_ = State::file_header;
  std::array<std::uint8_t, head_size> head_{};  // the header that is being read, then the frame's first bytes
  std::size_t wanted_ = 24;                     // bytes of the current unit
  std::size_t have_ = 0;
  std::uint64_t offset_ = 0;
  std::uint64_t releasable_ = 0;
  std::uint64_t releasable_packets_ = 0;
  std::uint64_t packets_ = 0;
  std::uint32_t link_type_ = 0;
  bool over_limit_ = false;
  std::string damage_;
};

}  // namespace echo

#pragma once
// Writes pcapng (draft-ietf-opsawg-pcapng): little-endian, nanoseconds, strings in UTF-8 without terminator. No custom
// blocks: Wireshark would list each as a packet and count it.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lab/base/file.h"
#include "lab/capture/capture.h"

namespace echolab::capture {

struct SectionDescription {
  std::vector<std::string> comments;
  std::string hardware, os, application;  // left out when empty
};

struct InterfaceDescription {
  std::string name, description, filter, os;  // left out when empty
  std::uint16_t link_type = 1;
  std::uint32_t snaplen = 0;  // 0: no limit
};

struct NameRecord {
  IpAddress address;
  std::string name;
};

struct PacketRecord {
  std::uint32_t interface = 0;  // in the order of add_interface
  std::int64_t time_ns = 0;
  std::uint32_t original_length = 0;
  Bytes data;
  std::span<const std::string> comments = {};
  std::uint32_t flags = 0;      // epb_flags; 0: left out
  std::uint64_t packet_id = 0;  // epb_packetid, the same for one packet in several files; 0: left out
};

struct InterfaceCounters {
  std::int64_t time_ns = 0;  // when they were taken
  std::optional<std::int64_t> start_ns, end_ns;
  std::optional<std::uint64_t> received, dropped, filter_accepted, os_dropped, delivered;
};

// One file, written through a buffer. Text that is not UTF-8 gets U+FFFD in its place; an option longer than the
// format's 65,535 bytes is cut between characters. Every failure is an EnvironmentError that names the file.
class PcapngWriter {
 public:
  // Whether the descriptor stays open between flushes. One file does; a thousand at once would not be let.
  enum class Descriptor : std::uint8_t { kept, reopened };

  // Creates or truncates the file and describes its section. buffer_bytes: flush() runs when more than that waits.
  PcapngWriter(std::filesystem::path file, const SectionDescription& section,
               std::size_t buffer_bytes = std::size_t{1} << 20, Descriptor descriptor = Descriptor::kept);
  PcapngWriter(PcapngWriter&&) = default;

  std::uint32_t add_interface(const InterfaceDescription& interface);  // its index
  void add_names(std::span<const NameRecord> names);                   // nothing when empty
  void write(const PacketRecord& packet);
  void write_counters(std::uint32_t interface, const InterfaceCounters& counters);
  void flush();
  // Flushes, and with `sync` waits until the bytes are on the disk. Without it a file is whole, but may be lost.
  void close(bool sync);

  const std::filesystem::path& file() const { return file_; }

 private:
  std::size_t begin_block(std::uint32_t type);
  void end_block(std::size_t start);
  void option(std::uint16_t code, std::string_view value);
  void text_option(std::uint16_t code, std::string_view text);
  void number_option(std::uint16_t code, std::optional<std::uint64_t> value);
  void time_option(std::uint16_t code, std::optional<std::int64_t> time_ns);
  void put_time(std::int64_t time_ns);
  void end_options();
  template <typename Integer>
  void put(Integer value);
  void pad();

  std::filesystem::path file_;
  std::size_t buffer_bytes_;
  Descriptor descriptor_;
  UniqueFd fd_;
  std::string buffer_;
  std::uint32_t interfaces_ = 0;
};

}  // namespace echolab::capture

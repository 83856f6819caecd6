#pragma once
// What of a capture survives when its times are shifted and its addresses, ports or payloads are rewritten.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace echolab::copies {

// Packets of one capture that are kept: its first unicast UDP and TCP packets.
inline constexpr std::size_t max_packets = 4096;

// Numbers of a packet that two independent captures do not share by chance, each with how much it says when it is
// equal.
enum class Series : std::uint8_t { distance, identification, time_stamp };
inline constexpr std::size_t series_count = 3;

struct SeriesValue {
  std::int64_t value = 0;
  // What one equal value is worth, log2 of how improbable it is at least. 0: equal by nature, worth nothing.
  float bits = 0;
  bool known = false;
};

struct PacketPrint {
  std::uint64_t number = 0;  // in the file, from 1
  std::int64_t time_ns = 0;
  // Packets between two addresses on one service port follow each other in a chain, so that distances in time stay the
  // same when other traffic is filtered away or merged in.
  std::uint32_t chain = 0;
  SeriesValue series[series_count];
  std::uint64_t tcp_numbers = 0;  // digest of sequence and acknowledgement number; 0: none, or not random
  std::uint64_t payload = 0;      // digest
  std::uint64_t endpoints = 0;    // digest
};

// Where something of this digest begins: the position in CapturePrint::packets.
struct PrintKey {
  std::uint64_t digest = 0;
  std::uint32_t position = 0;
  auto operator<=>(const PrintKey&) const = default;
};

struct CapturePrint {
  std::string file;                  // its name, for people
  std::string sha256;                // of the file; empty: there is no capture, or it can't be read
  std::vector<PacketPrint> packets;  // by chain, then in the order of the file
  std::vector<PrintKey> runs;        // sorted; run_length successive values of one series
  std::vector<PrintKey> tcp;         // sorted; tcp_numbers of one packet
};

// Values that are looked up together: seven distances lie between eight packets.
inline constexpr std::size_t run_length = 7;

// Never throws for what is in the file: a file that is broken is taken up to there.
CapturePrint print_capture(const std::filesystem::path& file);

// Sum of bits of the values, each different value once. `values` of one series of neighbouring packets.
float bits_of(const CapturePrint& print, Series series, std::size_t begin, std::size_t count);

}  // namespace echolab::copies

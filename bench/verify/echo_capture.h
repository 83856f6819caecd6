#pragma once
// Captures of healthy echo traffic, as large as wanted, for benchmarks.

#include <cstdint>
#include <filesystem>

namespace echolab::bench {

struct EchoCapture {
  std::uint64_t packets = 1'000'000;  // requests and echoes together; rounded down to whole exchanges
  std::uint32_t clients = 10;         // each with an address and port of its own, in turn
  std::uint32_t payload = 30;         // bytes, from 8 on: the first eight number the messages
};

// A pcap file (microseconds, Ethernet, IPv4, UDP with checksums): every request is followed by its echo. Throws
// EnvironmentError.
void write_echo_capture(const std::filesystem::path& file, const EchoCapture& wanted);

}  // namespace echolab::bench

#pragma once
// Captures of echo exchanges as students take them, and what an editor does to them.

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "tests/support/wire_builder.h"

namespace echolab::test {

struct Run {
  unsigned seed = 1;            // whatever differs from run to run: times, ports, initial sequence numbers
  std::string id = "20260001";  // in the text of each message
  std::string client = "192.168.0.10", server = "192.168.0.20";
  std::uint16_t server_port = 5000;
  std::int64_t later_us = 0;  // than another run of the same seed
  int messages = 10;
  bool loopback = false;  // no waiting between packets but what the processor needs
};

class Exchange {
 public:
  explicit Exchange(const Run& run) : run_(run), random_(run.seed) {
    wire.advance_us(run.later_us);
    const auto client_port = static_cast<std::uint16_t>(between(49152, 65535));
    client_ = *Endpoint::parse(run.client + ":" + std::to_string(client_port));
    server_ = *Endpoint::parse(run.server + ":" + std::to_string(run.server_port));
  }

  void udp() {
    for (int i = 0; i < run_.messages; ++i) {
      think();
      wire.udp(client_, server_, text(i));
      travel();
      wire.udp(server_, client_, text(i));
    }
  }

  // `sent_again`: the second message is sent twice, as TCP does when an acknowledgement stays away.
  void tcp(bool sent_again = false) {
    std::uint32_t mine = between(1u << 20, ~0u), yours = between(1u << 20, ~0u);
    const auto from_client = [&](std::uint8_t flags, const std::string& payload = {}) {
      wire.tcp(client_, server_, mine, flags == 2 ? 0 : yours, flags, payload);
    };
    const auto from_server = [&](std::uint8_t flags, const std::string& payload = {}) {
      wire.tcp(server_, client_, yours, mine, flags, payload);
    };
    think();
    from_client(2);
    ++mine;
    travel();
    from_server(0x12);
    ++yours;
    travel();
    from_client(0x10);
    for (int i = 0; i < run_.messages; ++i) {
      think();
      from_client(0x18, text(i));
      if (sent_again && i == 1) {
        wire.advance_us(between(200'000, 210'000));
        from_client(0x18, text(i));
      }
      mine += static_cast<std::uint32_t>(text(i).size());
      travel();
      from_server(0x18, text(i));
      yours += static_cast<std::uint32_t>(text(i).size());
      travel();
      from_client(0x10);
    }
    think();
    from_client(0x11);
    ++mine;
    travel();
    from_server(0x11);
    ++yours;
    travel();
    from_client(0x10);
  }

  WireBuilder wire;

 private:
  std::uint32_t between(std::uint32_t least, std::uint32_t most) {
    return std::uniform_int_distribution<std::uint32_t>(least, most)(random_);
  }
  void travel() { wire.advance_us(run_.loopback ? between(8, 60) : between(300, 4000)); }
  // A program that waits a second, with the scatter of a timer.
  void think() { wire.advance_us(run_.loopback ? between(20, 120) : between(1'000'050, 1'001'500)); }
  std::string text(int message) const { return run_.id + " Hong Gildong message " + std::to_string(message); }

  Run run_;
  std::mt19937 random_;
  Endpoint client_, server_;
};

// One packet of a nanosecond pcap file as WireBuilder writes it.
struct Record {
  std::string header, frame;  // 16 bytes: seconds, nanoseconds, captured length, original length
};

inline std::vector<Record> split(const std::string& file) {
  std::vector<Record> records;
  for (std::size_t at = 24; at + 16 <= file.size();) {
    std::uint32_t length = 0;
    std::memcpy(&length, &file[at + 8], sizeof length);
    records.push_back({file.substr(at, 16), file.substr(at + 16, length)});
    at += 16 + length;
  }
  return records;
}

inline std::string join(const std::string& file, const std::vector<Record>& records) {
  std::string joined = file.substr(0, 24);
  for (const Record& record : records) joined += record.header + record.frame;
  return joined;
}

inline void write(const std::filesystem::path& file, const std::string& bytes) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << bytes;
}

}  // namespace echolab::test

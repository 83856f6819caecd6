#pragma once
// Raw captures of a small lab, as an engine leaves them, and what becomes of them.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "lab/evidence/comment_captures.h"
#include "lab/evidence/write_captures.h"
#include "tests/support/tool.h"
#include "tests/unit/capture/recording.h"

namespace echolab::evidence {

using namespace capture::test;
using echolab::test::has_tool;
using echolab::test::output_of;
using echolab::test::TemporaryFolder;

inline constexpr const char* nonce = "0123456789abcdef";

inline plan::Node node(const std::string& name, plan::Role role, std::size_t network, const char* ip4,
                       const char* ip6 = nullptr) {
  plan::Node made;
  made.name = name;
  made.role = role;
  made.network = network;
  made.address4 = address(ip4);
  if (ip6 != nullptr) made.address6 = address(ip6);
  return made;
}

// Two networks, a server and clients in each.
inline plan::Plan example() {
  plan::Plan plan;
  plan.run_id = "20261122T221530Z-7f3a91";
  plan.scenario_name = "two-rooms";
  plan.scenario_sha256 = std::string(64, 'a');
  plan.seed = 42;
  plan.networks = {{"left", Prefix::parse("198.18.0.0/24"), Prefix::parse("fd00::/64"), {}, {}, 1500},
                   {"right", Prefix::parse("198.18.1.0/24"), {}, {}, {}, 1500}};
  plan.nodes = {node("server", plan::Role::server, 0, "198.18.0.2", "fd00::2"),
                node("far-server", plan::Role::server, 1, "198.18.1.2"),
                node("client-1", plan::Role::client, 0, "198.18.0.3", "fd00::3"),
                node("client-2", plan::Role::client, 0, "198.18.0.4"),
                node("lab", plan::Role::client, 1, "198.18.1.3")};
  for (const std::size_t network : {0u, 1u}) {
    plan::Capture capture;
    capture.network = network;
    capture.nonce = nonce;
    plan.captures.push_back(capture);
  }
  return plan;
}

inline artifacts::EngineRecord record() {
  artifacts::EngineRecord engine;
  engine.host = "Linux 6.18 x86_64";
  for (const char* network : {"left", "right"}) {
    artifacts::CaptureRecord capture;
    capture.network = network;
    capture.file = fmt::format("captures/{}.pcap", network);
    capture.complete = true;
    capture.captured = capture.received = 9;
    engine.captures.push_back(capture);
  }
  return engine;
}

inline Buffer sentinel(const std::string& which, const std::string& of = nonce) {
  Buffer frame = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0xec, 0x40, 0x1a, 0xb0, 0, 0x88, 0xb5};
  put(frame, text("echolab sentinel " + which + " " + of));
  frame.resize(60);
  return frame;
}

inline Buffer datagram(const char* from, const char* to, const std::string& payload) {
  const Endpoint source{address(from), Port{4000}}, destination{address(to), Port{5000}};
  return ethernet_ip(ip(source.address, destination.address, 17, udp(source, destination, text(payload))));
}

inline Buffer arp_for(const char* sender, const char* target) {
  Buffer packet = {0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 9};
  put(packet, address_bytes(address(sender)));
  packet.resize(packet.size() + 6);
  put(packet, address_bytes(address(target)));
  return ethernet(0x0806, packet);
}

inline Buffer solicitation_for(const char* target) {
  Buffer message = {135, 0, 0, 0, 0, 0, 0, 0};
  put(message, address_bytes(address(target)));
  return ethernet(0x86dd, ipv6(address("fd00::2"), address("ff02::1:ff00:3"), 58, message));
}

class RawCaptures : public testing::Test {
 protected:
  void raw(const std::string& network, const Buffer& bytes) {
    std::filesystem::create_directories(folder_ / "captures");
    std::ofstream(folder_.path() / "captures" / (network + ".pcap"), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  Reading read_back(const std::string& file) const {
    Reading reading;
    reading.summary = capture::read_capture(folder_ / ("captures/" + file), reading.facts);
    return reading;
  }
  // Payloads of the UDP datagrams, and for the other frames their EtherType.
  static std::vector<std::string> contents(const Reading& reading) {
    std::vector<std::string> all;
    for (const KeptFrame& frame : reading.facts.frames)
      all.push_back(fmt::format("{:02x}{:02x}", frame.data[12], frame.data[13]));
    for (const KeptUdp& udp : reading.facts.udp)
      all[udp.frame - 1] = std::string(udp.payload.begin(), udp.payload.end());
    return all;
  }
  // Frames 100 ns apart, from a start.
  static Buffer pcap(std::int64_t start_ns, const std::vector<Buffer>& frames) {
    PcapFile file({false, true, 1, 2048});
    for (const Buffer& frame : frames) file.add_at(start_ns += 100, frame, frame.size());
    return file.bytes();
  }
  void raw_example() {
    raw("left",
        pcap(1'000'000,
             {sentinel("begin"), arp_for("198.18.0.3", "198.18.0.2"), datagram("198.18.0.3", "198.18.0.2", "one"),
              datagram("198.18.0.2", "198.18.0.3", "one!"), datagram("198.18.0.4", "198.18.0.2", "two"),
              solicitation_for("fd00::3"), datagram("fd00::3", "fd00::2", "six"), sentinel("end")}));
    raw("right", pcap(1'000'050, {sentinel("begin"), datagram("198.18.1.3", "198.18.1.2", "far"), sentinel("end")}));
  }

  TemporaryFolder folder_;
};

}  // namespace echolab::evidence

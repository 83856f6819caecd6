#include "lab/evidence/write_captures.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/tool.h"
#include "tests/unit/capture/recording.h"

namespace echolab::evidence {
namespace {

using namespace capture::test;
using capture::Summary;
using echolab::test::has_tool;
using echolab::test::output_of;
using echolab::test::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* nonce = "0123456789abcdef";

plan::Node node(const std::string& name, plan::Role role, std::size_t network, const char* ip4,
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
plan::Plan example() {
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

artifacts::EngineRecord record() {
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

Buffer sentinel(const std::string& which, const std::string& of = nonce) {
  Buffer frame = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0xec, 0x40, 0x1a, 0xb0, 0, 0x88, 0xb5};
  put(frame, text("echolab sentinel " + which + " " + of));
  frame.resize(60);
  return frame;
}

Buffer datagram(const char* from, const char* to, const std::string& payload) {
  const Endpoint source{address(from), Port{4000}}, destination{address(to), Port{5000}};
  return ethernet_ip(ip(source.address, destination.address, 17, udp(source, destination, text(payload))));
}

Buffer arp_for(const char* sender, const char* target) {
  Buffer packet = {0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 9};
  put(packet, address_bytes(address(sender)));
  packet.resize(packet.size() + 6);
  put(packet, address_bytes(address(target)));
  return ethernet(0x0806, packet);
}

Buffer solicitation_for(const char* target) {
  Buffer message = {135, 0, 0, 0, 0, 0, 0, 0};
  put(message, address_bytes(address(target)));
  return ethernet(0x86dd, ipv6(address("fd00::2"), address("ff02::1:ff00:3"), 58, message));
}

class WriteCaptures : public testing::Test {
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

TEST_F(WriteCaptures, MergesNetworksByTimeAndTakesTheRawFilesAway) {
  raw_example();
  const Evidence evidence = write_captures(folder_.path(), example(), record());
  const Reading lab = read_back("lab.pcapng");
  EXPECT_THAT(contents(lab),
              ElementsAre("88b5", "88b5", "0806", "far", "one", "88b5", "one!", "two", "86dd", "six", "88b5"));
  EXPECT_EQ(evidence.packets, 11u);
  ASSERT_EQ(evidence.networks.size(), 2u);
  EXPECT_EQ(evidence.networks[0].packets, 8u);
  EXPECT_EQ(evidence.networks[0].begin_sentinel, 1u);
  EXPECT_EQ(evidence.networks[0].end_sentinel, 11u);
  EXPECT_EQ(evidence.networks[1].begin_sentinel, 2u);
  EXPECT_EQ(evidence.networks[1].end_sentinel, 6u);
  EXPECT_EQ(lab.facts.frames[3].interface, 1u);
  ASSERT_EQ(lab.summary.interfaces.size(), 2u);
  EXPECT_EQ(lab.summary.interfaces[1].name, "right");
  EXPECT_EQ(lab.summary.interfaces[0].received, 9u);
  EXPECT_THAT(lab.summary.comments, testing::Contains("Seed: 42"));
  EXPECT_THAT(lab.summary.comments, testing::Contains("Scenario SHA-256: " + std::string(64, 'a')));
  EXPECT_TRUE(evidence.engine.captures[0].complete);
  EXPECT_EQ(evidence.engine.captures[0].file, "captures/lab.pcapng");
  EXPECT_EQ(evidence.engine.captures[0].packets, 8u);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "captures/left.pcap"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "captures/lab.pcapng.tmp"));
}

TEST_F(WriteCaptures, GivesEachClientItsOwnFramesAndWhatAsksForIt) {
  raw_example();
  write_captures(folder_.path(), example(), record());
  EXPECT_THAT(contents(read_back("client-1.pcapng")), ElementsAre("0806", "one", "one!", "86dd", "six"));
  EXPECT_THAT(contents(read_back("client-2.pcapng")), ElementsAre("two"));
  EXPECT_THAT(contents(read_back("node-lab.pcapng")), ElementsAre("far"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "captures/server.pcapng"));
}

TEST_F(WriteCaptures, WiresharkShowsNamesAndWhereAFrameIsInTheWhole) {
  if (!has_tool("tshark")) GTEST_SKIP() << "tshark is not installed";
  raw_example();
  write_captures(folder_.path(), example(), record());
  EXPECT_EQ(output_of({"tshark", "-r", folder_ / "captures/client-2.pcapng", "-N", "n", "-T", "fields", "-e",
                       "ip.src_host", "-e", "ip.dst_host", "-e", "frame.interface_name", "-e", "frame.packet_id"}),
            "client-2\tserver\tleft\t8\n");
}

TEST_F(WriteCaptures, FragmentsGoToTheirClient) {
  const Buffer segment =
      udp({address("198.18.0.3"), Port{4000}}, {address("198.18.0.2"), Port{5000}}, Buffer(1000, 'f'));
  const auto piece = [&](std::ptrdiff_t from, std::ptrdiff_t to, bool more) {
    return ethernet_ip(ipv4(address("198.18.0.3"), address("198.18.0.2"), 17,
                            Buffer(segment.begin() + from, segment.begin() + to),
                            {9, static_cast<std::size_t>(from), more}));
  };
  raw("left", pcap(0, {piece(0, 800, true), piece(800, 1008, false)}));
  raw("right", pcap(0, {}));
  write_captures(folder_.path(), example(), record());
  EXPECT_EQ(read_back("client-1.pcapng").facts.udp.size(), 1u);
}

TEST_F(WriteCaptures, ACutMissingOrForeignCaptureIsNotCompleteAndSaysWhy) {
  const Buffer whole =
      pcap(0, {sentinel("begin"), datagram("198.18.0.3", "198.18.0.2", "x"), sentinel("end", "fedcba9876543210")});
  raw("left", Buffer(whole.begin(), whole.end() - 1));
  const Evidence evidence = write_captures(folder_.path(), example(), record());
  EXPECT_EQ(evidence.packets, 2u);
  EXPECT_TRUE(evidence.networks[0].truncated);
  EXPECT_FALSE(evidence.engine.captures[0].complete);
  EXPECT_THAT(evidence.engine.captures[0].reasons,
              ElementsAre(HasSubstr("ends in the middle of a packet"), HasSubstr("end sentinel")));
  EXPECT_FALSE(evidence.engine.captures[1].complete);
  EXPECT_THAT(evidence.engine.captures[1].reasons,
              ElementsAre(HasSubstr("could not be read"), HasSubstr("begin sentinel"), HasSubstr("end sentinel")));
}

TEST_F(WriteCaptures, KeepsARawFileThatIsDamaged) {
  raw("left", pcap(0, {sentinel("begin")}) + Buffer(16, 0xff));
  raw("right", pcap(0, {}));
  const Evidence evidence = write_captures(folder_.path(), example(), record());
  EXPECT_THAT(evidence.networks[0].damage, HasSubstr("damaged at byte 100"));
  EXPECT_EQ(evidence.packets, 1u);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "captures/left.pcap"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "captures/right.pcap"));
}

TEST_F(WriteCaptures, NeedsNoDescriptorPerClient) {
  plan::Plan plan = example();
  std::vector<Buffer> frames;
  for (unsigned i = 0; i < 2000; ++i) {
    const std::string ip4 = IpAddress::v4(0xc6120100 + i).to_string();
    plan.nodes.push_back(node(fmt::format("many-{}", i), plan::Role::client, 0, ip4.c_str()));
    frames.push_back(datagram(ip4.c_str(), "198.18.0.2", fmt::format("{}", i)));
  }
  raw("left", pcap(0, frames));
  raw("right", pcap(0, {}));
  write_captures(folder_.path(), plan, record());
  EXPECT_THAT(contents(read_back("many-0.pcapng")), ElementsAre("0"));
  EXPECT_THAT(contents(read_back("many-1999.pcapng")), ElementsAre("1999"));
}

TEST_F(WriteCaptures, WritesNothingWithoutCapturesInThePlan) {
  plan::Plan plan = example();
  plan.captures.clear();
  EXPECT_TRUE(write_captures(folder_.path(), plan, artifacts::EngineRecord{}).networks.empty());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "captures"));
}

}  // namespace
}  // namespace echolab::evidence

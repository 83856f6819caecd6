#include <gtest/gtest.h>

#include "tests/unit/capture/recording.h"

namespace echolab::capture::test {
namespace {

const Endpoint client{address("198.18.0.3"), Port{40123}}, server{address("198.18.0.2"), Port{5000}};
const Endpoint client6{address("fd00::3"), Port{40123}}, server6{address("fd00::2"), Port{5000}};

Buffer udp_packet(const Endpoint& from, const Endpoint& to, const Buffer& payload) {
  return ip(from.address, to.address, 17, udp(from, to, payload));
}

TEST(PacketDecoder, ReadsAUdpDatagramWithItsEndpointsPayloadAndChecksum) {
  const Reading r = read(PcapFile().add(ethernet_ip(udp_packet(client, server, text("hello")))).bytes());
  ASSERT_EQ(r.facts.udp.size(), 1u);
  EXPECT_EQ(r.facts.udp[0].source, client);
  EXPECT_EQ(r.facts.udp[0].destination, server);
  EXPECT_EQ(r.facts.udp[0].payload, text("hello"));
  EXPECT_EQ(r.facts.udp[0].checksum, Checksum::good);
  EXPECT_EQ(r.summary.decoded, 1u);
}

TEST(PacketDecoder, LeavesOutEthernetPadding) {
  const Reading r = read(PcapFile().add(ethernet_ip(udp_packet(client, server, text("x"))) + Buffer(17, 0)).bytes());
  ASSERT_EQ(r.facts.udp.size(), 1u);
  EXPECT_EQ(r.facts.udp[0].payload, text("x"));
  EXPECT_EQ(r.facts.udp[0].checksum, Checksum::good);
}

TEST(PacketDecoder, TellsUnfilledAbsentAndBadChecksumsApart) {
  for (const auto& [from, to] : {std::pair{client, server}, std::pair{client6, server6}}) {
    Buffer segment = udp(from, to, text("hello"));
    Buffer pseudo = address_bytes(from.address) + address_bytes(to.address);
    put32(pseudo, segment.size());
    put32(pseudo, 17);
    const unsigned partial = ~simple_checksum(pseudo) & 0xffff;
    PcapFile file;
    for (const unsigned sum : {partial, partial >> 8 | (partial & 0xff) << 8, 0u, partial ^ 0x5555u}) {
      set16(segment, 6, sum);
      file.add(ethernet_ip(ip(from.address, to.address, 17, segment)));
    }
    const Reading r = read(file.bytes());
    ASSERT_EQ(r.facts.udp.size(), 4u);
    EXPECT_EQ(r.facts.udp[0].checksum, Checksum::unfilled);
    EXPECT_EQ(r.facts.udp[1].checksum, Checksum::unfilled);
    EXPECT_EQ(r.facts.udp[2].checksum, Checksum::absent);
    EXPECT_EQ(r.facts.udp[3].checksum, Checksum::bad);
    EXPECT_EQ(r.summary.checksums_unfilled, 2u);
    EXPECT_EQ(r.summary.checksums_bad, 1u);
  }
}

TEST(PacketDecoder, GivesWhatASnaplenLeft) {
  Buffer frame = ethernet_ip(udp_packet(client, server, text("0123456789")));
  const std::size_t whole = frame.size();
  frame.resize(whole - 4);
  const Reading r = read(PcapFile().add(frame, whole).bytes());
  ASSERT_EQ(r.facts.udp.size(), 1u);
  EXPECT_EQ(r.facts.udp[0].payload, text("012345"));
  EXPECT_EQ(r.facts.udp[0].length, 10u);
  EXPECT_EQ(r.facts.udp[0].checksum, Checksum::unknown);
  EXPECT_EQ(r.summary.cut, 1u);
}

TEST(PacketDecoder, ReassemblesFragmentsInAnyOrder) {
  const Buffer segment = udp(client, server, Buffer(2000, 'x') + text("end"));
  const auto piece = [&](std::size_t from, std::size_t size, bool more) {
    const Buffer part(segment.begin() + static_cast<std::ptrdiff_t>(from),
                      segment.begin() + static_cast<std::ptrdiff_t>(from + size));
    return ethernet_ip(ipv4(client.address, server.address, 17, part, {7, from, more}));
  };
  const Buffer first = piece(0, 800, true), second = piece(800, 800, true),
               third = piece(1600, segment.size() - 1600, false);
  const Reading r = read(PcapFile().add(third).add(first).add(first).add(second).bytes());
  ASSERT_EQ(r.facts.udp.size(), 1u);
  EXPECT_EQ(r.facts.udp[0].frame, 4u);
  EXPECT_EQ(r.facts.udp[0].fragments, (std::vector<std::uint64_t>{1, 2, 4}));
  EXPECT_EQ(r.facts.udp[0].payload, Buffer(2000, 'x') + text("end"));
  EXPECT_EQ(r.facts.udp[0].checksum, Checksum::good);
  EXPECT_EQ(r.summary.fragments_incomplete, 0u);
  EXPECT_EQ(r.summary.decoded, 4u);
}

TEST(PacketDecoder, ReassemblesIpv6FragmentsAndPassesOverExtensionHeaders) {
  const Buffer segment = udp(client6, server6, Buffer(1600, 'y'));
  Buffer hop_by_hop = {44, 0, 1, 4, 0, 0, 0, 0};
  Buffer destination_options = {17, 0, 1, 4, 0, 0, 0, 0};
  const Buffer fragmentable = destination_options + segment;
  PcapFile file;
  file.add(ethernet_ip(ipv6(
      client6.address, server6.address, 0,
      hop_by_hop + fragment_header(60, {9, 0, true}) + Buffer(fragmentable.begin(), fragmentable.begin() + 1000))));
  file.add(ethernet_ip(ipv6(
      client6.address, server6.address, 0,
      hop_by_hop + fragment_header(60, {9, 1000, false}) + Buffer(fragmentable.begin() + 1000, fragmentable.end()))));
  const Reading r = read(file.bytes());
  ASSERT_EQ(r.facts.udp.size(), 1u);
  EXPECT_EQ(r.facts.udp[0].payload, Buffer(1600, 'y'));
  EXPECT_EQ(r.facts.udp[0].checksum, Checksum::good);
}

TEST(PacketDecoder, DropsADatagramWhoseFragmentsOverlap) {
  const Buffer segment = udp(client, server, Buffer(1000, 'x'));
  PcapFile file;
  file.add(ethernet_ip(
      ipv4(client.address, server.address, 17, Buffer(segment.begin(), segment.begin() + 800), {7, 0, true})));
  file.add(ethernet_ip(
      ipv4(client.address, server.address, 17, Buffer(segment.begin() + 400, segment.end()), {7, 400, false})));
  const Reading r = read(file.bytes());
  EXPECT_TRUE(r.facts.udp.empty());
  EXPECT_EQ(r.summary.malformed, 1u);
}

TEST(PacketDecoder, CountsADatagramWhoseFragmentNeverCame) {
  const Buffer part(800, 'x');
  const Reading r =
      read(PcapFile().add(ethernet_ip(ipv4(client.address, server.address, 17, part, {7, 0, true}))).bytes());
  EXPECT_EQ(r.summary.fragments_incomplete, 1u);
}

TEST(PacketDecoder, TiesAnIcmpErrorToTheDatagramItAnswers) {
  const Buffer datagram = udp_packet(client, server, text("anybody there?"));
  Buffer icmp = {3, 3, 0, 0, 0, 0, 0, 0};
  put(icmp, std::span(datagram).first(28));
  Buffer icmp6 = {1, 4, 0, 0, 0, 0, 0, 0};
  put(icmp6, udp_packet(client6, server6, text("and here?")));
  PcapFile file;
  file.add(ethernet_ip(ipv4(server.address, client.address, 1, icmp)));
  file.add(ethernet_ip(ipv6(server6.address, client6.address, 58, icmp6)));
  const Reading r = read(file.bytes());
  ASSERT_EQ(r.facts.icmp.size(), 2u);
  EXPECT_EQ(r.facts.icmp[0].source, client);
  EXPECT_EQ(r.facts.icmp[0].destination, server);
  EXPECT_EQ(r.facts.icmp[0].reporter, server.address);
  EXPECT_EQ(r.facts.icmp[0].code, 3);
  EXPECT_EQ(r.facts.icmp[1].source, client6);
  EXPECT_EQ(r.facts.icmp[1].transport, Transport::udp);
}

TEST(PacketDecoder, ReadsEveryFamilyNumberOfLoopbackCapturesInBothByteOrders) {
  for (const std::uint32_t link_type : {0u, 108u}) {
    PcapFile file({false, false, link_type, 65535});
    for (const unsigned family : {10u, 23u, 24u, 28u, 30u}) {
      Buffer big;
      put32(big, family);
      const Buffer packet = udp_packet(client6, server6, text("six"));
      file.add(big + packet).add(Buffer(big.rbegin(), big.rend()) + packet);
    }
    file.add(Buffer{2, 0, 0, 0} + udp_packet(client, server, text("four")));
    file.add(Buffer{0, 0, 0, 2} + udp_packet(client, server, text("four")));
    const Reading r = read(file.bytes());
    EXPECT_EQ(r.facts.udp.size(), 12u);
    EXPECT_EQ(r.summary.decoded, 12u);
  }
}

TEST(PacketDecoder, ReadsASegmentTooLargeForTheIpLengthField) {
  Buffer packet = ipv4(client.address, server.address, 6, tcp(client, server, 1, 1, ack, Buffer(100, 'g')));
  set16(packet, 2, 0);
  const Reading r = read(PcapFile().add(ethernet_ip(packet)).bytes());
  ASSERT_EQ(r.facts.tcp.size(), 1u);
  EXPECT_EQ(r.facts.tcp[0].length, 100u);
}

TEST(PacketDecoder, CountsFramesThatOffloadingMadeLargerThanTheWire) {
  PcapFile file;
  for (const std::size_t size : {1460u, 1461u}) {  // an IP packet of 1500 bytes, and one more
    file.add(ethernet_ip(ipv4(client.address, server.address, 6, tcp(client, server, 1, 1, ack, Buffer(size, 'g')))));
  }
  EXPECT_EQ(read(file.bytes()).summary.oversized, 1u);
}

TEST(PacketDecoder, CallsContradictingHeadersMalformed) {
  Buffer longer = udp_packet(client, server, text("abc"));
  set16(longer, 2, 1000);  // more than the frame had
  Buffer short_udp = udp_packet(client, server, text("abc"));
  set16(short_udp, 24, 7);
  Buffer short_header = udp_packet(client, server, text("abc"));
  short_header[0] = 0x44;
  const Reading r =
      read(PcapFile().add(ethernet_ip(longer)).add(ethernet_ip(short_udp)).add(ethernet(0x0800, short_header)).bytes());
  EXPECT_EQ(r.summary.malformed, 3u);
  EXPECT_TRUE(r.facts.udp.empty());
}

}  // namespace
}  // namespace echolab::capture::test

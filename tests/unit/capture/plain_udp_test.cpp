// Most datagrams take a short way through the decoder. With a VLAN tag in front the same packet takes the long one, and
// both must come to the same facts, whatever is wrong with it.

#include <gtest/gtest.h>

#include <random>

#include "tests/unit/capture/recording.h"

namespace echolab::capture::test {
namespace {

class RandomPackets {
 public:
  explicit RandomPackets(std::uint32_t seed) : random_(seed) {}

  // An IPv4 packet with a UDP header, more or less.
  Buffer next() {
    const Endpoint from{address("198.18.0.3"), Port{static_cast<std::uint16_t>(between(0, 65535))}};
    const Endpoint to{address("198.18.0.2"), Port{5000}};
    Buffer payload(static_cast<std::size_t>(chance(10) ? between(1400, 1600) : between(0, 40)));
    for (std::uint8_t& byte : payload) byte = static_cast<std::uint8_t>(chance(30) ? 0 : between(0, 255));
    Buffer segment = udp(from, to, payload);
    if (chance(10)) set16(segment, 6, 0);                                            // without checksum
    if (chance(10)) set16(segment, 6, static_cast<unsigned>(between(0, 65535)));     // a wrong one
    if (chance(10)) set16(segment, 6, pseudo_header_sum(from, to, segment.size()));  // left to the hardware
    if (chance(10)) set16(segment, 4, static_cast<unsigned>(between(0, 80)));        // a length that lies
    Buffer packet =
        ipv4(from.address, to.address, chance(5) ? 6 : 17, segment, {}, chance(5) ? Buffer{1, 1, 1, 0} : Buffer{});
    if (chance(10)) set16(packet, 2, static_cast<unsigned>(between(0, 120)));  // of the IP packet
    if (chance(10)) set16(packet, 6, chance(50) ? 0x2000u : static_cast<unsigned>(between(0, 3)));
    if (chance(10)) packet.resize(static_cast<std::size_t>(between(1, static_cast<int>(packet.size()))));
    if (chance(20)) packet.resize(packet.size() + static_cast<std::size_t>(between(1, 20)), 0);  // Ethernet's padding
    return packet;
  }
  std::size_t cut_of(std::size_t size) {
    return chance(15) ? static_cast<std::size_t>(between(0, static_cast<int>(size))) : size;
  }

 private:
  int between(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool chance(int percent) { return between(1, 100) <= percent; }
  static unsigned pseudo_header_sum(const Endpoint& from, const Endpoint& to, std::size_t size) {
    Buffer all = address_bytes(from.address) + address_bytes(to.address);
    put32(all, 17);
    put32(all, size);
    return ~simple_checksum(all) & 0xffff;
  }

  std::mt19937 random_;
};

TEST(PlainUdp, ComesToTheSameFactsOnBothWays) {
  std::uint64_t datagrams = 0, malformed = 0, unfilled = 0, bad = 0;
  RandomPackets packets(7);
  for (int round = 0; round < 200; ++round) {
    PcapFile plain, tagged;
    for (int i = 0; i < 100; ++i) {
      const Buffer packet = packets.next();
      const std::size_t cut = packets.cut_of(packet.size());
      const Buffer short_way = ethernet(0x0800, packet), long_way = ethernet(0x0800, packet, {0x8100});
      plain.add(Buffer(short_way.begin(), short_way.begin() + static_cast<std::ptrdiff_t>(14 + cut)), short_way.size());
      tagged.add(Buffer(long_way.begin(), long_way.begin() + static_cast<std::ptrdiff_t>(18 + cut)), long_way.size());
    }
    const Reading fast = read(plain.bytes()), slow = read(tagged.bytes());
    ASSERT_EQ(fast.facts.udp.size(), slow.facts.udp.size()) << "round " << round;
    for (std::size_t i = 0; i < fast.facts.udp.size(); ++i) {
      const KeptUdp &x = fast.facts.udp[i], &y = slow.facts.udp[i];
      ASSERT_EQ(x.frame, y.frame);
      ASSERT_EQ(x.source, y.source);
      ASSERT_EQ(x.destination, y.destination);
      ASSERT_EQ(x.payload, y.payload);
      ASSERT_EQ(x.length, y.length);
      ASSERT_EQ(x.checksum, y.checksum) << "round " << round << ", packet " << x.frame;
    }
    EXPECT_EQ(fast.summary.decoded, slow.summary.decoded);
    EXPECT_EQ(fast.summary.malformed, slow.summary.malformed);
    EXPECT_EQ(fast.summary.checksums_bad, slow.summary.checksums_bad);
    EXPECT_EQ(fast.summary.checksums_unfilled, slow.summary.checksums_unfilled);
    datagrams += fast.facts.udp.size();
    malformed += fast.summary.malformed;
    unfilled += fast.summary.checksums_unfilled;
    bad += fast.summary.checksums_bad;
  }
  EXPECT_GT(datagrams, 5000u);
  EXPECT_GT(malformed, 1000u);
  EXPECT_GT(unfilled, 300u);
  EXPECT_GT(bad, 300u);
}

}  // namespace
}  // namespace echolab::capture::test

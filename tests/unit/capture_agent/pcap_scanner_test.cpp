#include "services/capture_agent/pcap_scanner.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace echo {
namespace {

using Bytes = std::vector<std::uint8_t>;

void append_number(Bytes& bytes, std::uint32_t value) {
  const std::size_t at = bytes.size();
  bytes.resize(at + sizeof value);
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

Bytes file_header() {
  Bytes bytes;
  for (const std::uint32_t field : {0xa1b2c3d4u, 0x00040002u, 0u, 0u, 2048u, 1u}) append_number(bytes, field);
  return bytes;
}

void append_record(Bytes& bytes, std::uint32_t length, std::uint8_t fill) {
  for (const std::uint32_t field : {1u, 2u, length, length}) append_number(bytes, field);
  bytes.insert(bytes.end(), length, fill);
}

struct Seen {
  std::uint64_t packet;
  std::size_t head;
  std::uint8_t first;
  bool operator==(const Seen&) const = default;
};

struct Watched {
  std::vector<Seen> seen;
  PcapScanner scanner;
  explicit Watched(std::uint64_t limit)
      : scanner(limit, [this](std::uint64_t packet, std::span<const std::uint8_t> head) {
          seen.push_back({packet, head.size(), head.empty() ? std::uint8_t{0} : head.front()});
        }) {}
};

TEST(PcapScanner, CountsTheSameHoweverTheStreamIsSplit) {
  Bytes stream = file_header();
  append_record(stream, 60, 7);
  append_record(stream, 0, 0);
  append_record(stream, 1500, 9);
  const std::vector<Seen> expected{{1, 60, 7}, {2, 0, 0}, {3, 64, 9}};
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{17}, stream.size()}) {
    Watched watched(stream.size());
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      watched.scanner.feed(std::span(stream).subspan(at, std::min(piece, stream.size() - at)));
    }
    EXPECT_EQ(watched.seen, expected) << "in pieces of " << piece;
    EXPECT_EQ(watched.scanner.releasable(), stream.size());
    EXPECT_EQ(watched.scanner.link_type(), 1u);
    EXPECT_FALSE(watched.scanner.over_limit());
  }
}

TEST(PcapScanner, ReleasesOnlyWholeRecords) {
  Bytes stream = file_header();
  append_record(stream, 100, 1);
  Watched watched(1 << 20);
  watched.scanner.feed(std::span(stream).first(stream.size() - 1));
  EXPECT_EQ(watched.scanner.releasable(), 24u);
  watched.scanner.feed(std::span(stream).last(1));
  EXPECT_EQ(watched.scanner.releasable(), stream.size());
}

TEST(PcapScanner, NothingAfterTheLimitIsReleasedButAllIsCounted) {
  Bytes stream = file_header();
  append_record(stream, 100, 1);
  append_record(stream, 500, 2);
  append_record(stream, 10, 3);  // would fit, but a hole must not look like a complete capture
  Watched watched(24 + 116 + 50);
  watched.scanner.feed(stream);
  EXPECT_TRUE(watched.scanner.over_limit());
  EXPECT_EQ(watched.scanner.releasable(), 24u + 116u);
  EXPECT_EQ(watched.scanner.releasable_packets(), 1u);
  EXPECT_EQ(watched.scanner.packets(), 3u);
}

TEST(PcapScanner, AnImpossibleLengthIsDamage) {
  Bytes stream = file_header();
  for (const std::uint32_t field : {1u, 2u, 0xffffffffu, 60u}) append_number(stream, field);
  stream.insert(stream.end(), 100, 0);
  Watched watched(1 << 20);
  watched.scanner.feed(stream);
  EXPECT_EQ(watched.scanner.damage(), "packet 1 claims 4294967295 captured bytes");
  EXPECT_EQ(watched.scanner.releasable(), 24u);
}

TEST(PcapScanner, TextIsNoCapture) {
  const std::string text = "tcpdump: something went wrong here";
  Watched watched(1 << 20);
  watched.scanner.feed(Bytes(text.begin(), text.end()));
  EXPECT_EQ(watched.scanner.damage(), "not a pcap stream: it begins with 64706374");
  EXPECT_EQ(watched.scanner.releasable(), 0u);
}

}  // namespace
}  // namespace echo

// Whole, cut off and hostile files.

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <fstream>

#include "lab/base/error.h"
#include "tests/support/tool.h"
#include "tests/unit/capture/compressed.h"
#include "tests/unit/capture/pcapng_file.h"
#include "tests/unit/capture/recording.h"

namespace echolab::capture::test {
namespace {

const Endpoint a{address("198.18.0.3"), Port{40123}}, b{address("198.18.0.2"), Port{5000}};

Buffer frame(const std::string& payload) {
  return ethernet_ip(ip(a.address, b.address, 17, udp(a, b, text(payload))));
}

Buffer small_pcapng(bool big) {
  PcapngFile file(big);
  file.interface(1, 0, file.option(2, text("lab")) + file.option(9, {9}) + file.option(0, {}));
  file.enhanced(0, 1, frame("one"), file.option(1, text("hi")) + file.option(0, {})).simple(frame("two"));
  file.old_packet(0, 3, frame("three"));
  Buffer statistics;
  file.u32(statistics, 0);
  statistics = statistics + file.number(0);
  return file
      .block(5, statistics + file.option(4, file.number(9)) + file.option(5, file.number(2)) +
                    file.option(7, file.number(1)))
      .bytes();
}

TEST(FrameReader, ReadsInterfacesStatisticsAndSectionComments) {
  for (const bool big : {false, true}) {
    PcapngFile file(big);
    const Buffer comments = file.option(1, text("first")) + file.option(1, text("second"));
    const Buffer all = PcapngFile(big).section(comments).bytes() + small_pcapng(big);
    const Reading r = read(all);
    EXPECT_EQ(r.summary.packets, 3u);
    EXPECT_EQ(r.summary.comments, (std::vector<std::string>{"first", "second"}));
    ASSERT_EQ(r.summary.interfaces.size(), 1u);
    EXPECT_EQ(r.summary.interfaces[0].name, "lab");
    EXPECT_EQ(r.summary.interfaces[0].received, 9u);
    EXPECT_EQ(r.summary.interfaces[0].dropped, 3u);
    EXPECT_EQ(r.facts.frames[0].time_ns, 1);
  }
}

TEST(FrameReader, CountsInterfacesOverTheWholeFile) {
  const Reading r = read(small_pcapng(false) + small_pcapng(true));
  ASSERT_EQ(r.facts.frames.size(), 6u);
  EXPECT_EQ(r.facts.frames[2].interface, 0u);
  EXPECT_EQ(r.facts.frames[3].interface, 1u);
  EXPECT_EQ(r.facts.frames[5].number, 6u);
}

TEST(FrameReader, ReadsCompressedFilesAsIfTheyWereNot) {
  const Buffer plain = small_pcapng(false);
  Buffer many = plain;
  for (int i = 0; i < 12; ++i) many = many + many;  // more than any buffer holds
  for (const Buffer& file : {plain, many}) {
    const Reading expected = read(file);
    for (const Buffer& compressed : {gzipped(file), zstandard(file), gzipped(file) + Buffer{}, zstandard(file)}) {
      const Reading r = read(compressed);
      EXPECT_EQ(r.summary.packets, expected.summary.packets);
      EXPECT_EQ(r.facts.udp.size(), expected.facts.udp.size());
      EXPECT_FALSE(r.summary.truncated);
    }
  }
  EXPECT_EQ(read(gzipped(plain) + gzipped(plain)).summary.packets, 6u);
  EXPECT_EQ(read(zstandard(plain) + zstandard(plain)).summary.packets, 6u);
}

// "Cut off is not corrupt": a prefix of a good file is read to the cut, with the packets before it, and says so unless
// the cut fell between two blocks.
void expect_every_prefix_to_be_read(const Buffer& whole, std::size_t magic_size) {
  const Reading all = read(whole);
  ASSERT_FALSE(all.summary.truncated);
  std::uint64_t packets = 0;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Buffer prefix(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    if (size < magic_size) {
      EXPECT_THROW(read(prefix), CaptureError) << size;
      continue;
    }
    const Reading r = read(prefix);
    ASSERT_GE(r.summary.packets, packets) << size;
    ASSERT_TRUE(r.summary.truncated || r.summary.packets <= all.summary.packets) << size;
    packets = r.summary.packets;
    for (std::size_t i = 0; i < r.facts.frames.size(); ++i)
      ASSERT_EQ(r.facts.frames[i].data, all.facts.frames[i].data) << size;
  }
}

TEST(FrameReader, ReadsEveryPrefixOfAFileToTheCut) {
  const Buffer pcap = PcapFile().add(frame("one")).add(frame("two")).bytes();
  expect_every_prefix_to_be_read(pcap, 4);
  expect_every_prefix_to_be_read(small_pcapng(false), 4);
  expect_every_prefix_to_be_read(small_pcapng(true), 4);
}

TEST(FrameReader, SaysExactlyWhenAPcapIsCut) {
  const Buffer whole = PcapFile().add(frame("one")).add(frame("two")).bytes();
  const std::size_t record = 16 + frame("one").size();
  for (std::size_t size = 4; size <= whole.size(); ++size) {
    const bool between = size == 24 || size == 24 + record || size == 24 + 2 * record;
    const Reading r = read(Buffer(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    EXPECT_EQ(r.summary.truncated, !between) << size;
  }
}

TEST(FrameReader, ReadsEveryPrefixOfACompressedFileToTheCut) {
  const Buffer plain = PcapFile().add(frame("one")).add(frame("two")).bytes();
  for (const Buffer& whole : {gzipped(plain), zstandard(plain)}) {
    for (std::size_t size = 4; size < whole.size(); ++size) {
      const Reading r = read(Buffer(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
      EXPECT_TRUE(r.summary.truncated) << size;
      EXPECT_LE(r.summary.packets, 2u);
    }
  }
}

std::uint64_t offset_of_error(const Buffer& file) {
  try {
    read(file);
  } catch (const CaptureError& error) {
    EXPECT_STRNE(error.what(), "");
    return error.offset();
  }
  ADD_FAILURE() << "no CaptureError";
  return 0;
}

TEST(FrameReader, GivesTheOffsetOfWhatIsCorrupt) {
  EXPECT_EQ(offset_of_error({}), 0u);
  EXPECT_EQ(offset_of_error(text("not a capture at all")), 0u);
  EXPECT_EQ(offset_of_error(PcapFile().bytes() + Buffer(8, 0) + Buffer(4, 0xff) + Buffer(4, 0)), 24u);  // caplen 4 GB
  Buffer version = PcapFile().bytes();
  version[4] = 9;
  EXPECT_EQ(offset_of_error(version), 4u);
  const Buffer section = PcapngFile().bytes();
  const auto at_28 = [&](const Buffer& block) { EXPECT_EQ(offset_of_error(section + block), section.size()); };
  at_28({6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});                                   // length 0
  at_28({6, 0, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0});                                  // not a multiple of four
  at_28({6, 0, 0, 0, 12, 0, 0, 0, 12, 0, 0, 0});                                 // too short for a packet
  at_28({9, 0, 0, 0, 12, 0, 0, 0, 16, 0, 0, 0});                                 // its two lengths differ
  at_28({0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 1, 2, 3, 4});                      // a section without magic
  at_28(Buffer{6, 0, 0, 0, 32, 0, 0, 0} + Buffer(20, 0) + Buffer{32, 0, 0, 0});  // interface never described
  PcapngFile lying;
  lying.interface(1);
  const std::size_t before = lying.bytes().size();
  Buffer body(20, 0);
  body[12] = body[13] = body[14] = body[15] = 0xff;
  lying.block(6, body);  // captured length 4 GB
  EXPECT_EQ(offset_of_error(lying.bytes()), before);
}

TEST(FrameReader, CallsBadCompressedDataCorrupt) {
  Buffer gzip = gzipped(small_pcapng(false)), zstd = zstandard(small_pcapng(false) + Buffer(1000, 7));
  gzip[gzip.size() - 6] ^= 0xff;  // the CRC
  EXPECT_THROW(read(gzip), CaptureError);
  EXPECT_THROW(read(Buffer{0x28, 0xb5, 0x2f, 0xfd} + Buffer(40, 0xff)), CaptureError);
}

TEST(FrameReader, TakesWhatIsOddButReadable) {
  PcapFile file({false, false, 147, 65535});  // a link type for private use
  file.add(Buffer(60, 1)).add({}, 0);
  file.add(frame("x"), 10);  // captured more than there was on the wire
  file.add_at(1'000, frame("earlier"), frame("earlier").size());
  const Reading r = read(file.bytes());
  EXPECT_EQ(r.summary.packets, 4u);
  EXPECT_EQ(r.summary.other, 4u);
  EXPECT_FALSE(r.summary.truncated);
  EXPECT_EQ(r.summary.first_time_ns, 1'000);
}

TEST(FrameReader, ReadsALargeSparseFileInBoundedMemory) {
  const echolab::test::TemporaryFolder folder;
  PcapngFile file;
  file.interface(1).enhanced(0, 1, frame("before"));
  Buffer start = file.bytes();
  constexpr std::uint32_t size = 0xfffffff0;  // an unknown block of nearly 4 GiB, a hole in the file
  file.u32(start, 0x7fffffff);
  file.u32(start, size);
  {
    std::ofstream out(folder / "big", std::ios::binary);
    out.write(reinterpret_cast<const char*>(start.data()), static_cast<std::streamsize>(start.size()));
    out.seekp(static_cast<std::streamoff>(start.size() - 8 + size - 4));
    Buffer end;
    file.u32(end, size);
    out.write(reinterpret_cast<const char*>(end.data()), static_cast<std::streamsize>(end.size()));
  }
  rusage earlier{}, later{};
  getrusage(RUSAGE_SELF, &earlier);
  Recording facts;
  const Summary summary = read_capture(folder / "big", facts);
  getrusage(RUSAGE_SELF, &later);
  EXPECT_EQ(summary.packets, 1u);
  EXPECT_FALSE(summary.truncated);
  EXPECT_LT(later.ru_maxrss - earlier.ru_maxrss, 16 * 1024) << "KiB";
}

TEST(FrameReader, NamesAFileThatCannotBeRead) {
  Recording facts;
  EXPECT_THROW(read_capture("/nonexistent/x.pcapng", facts), EnvironmentError);
}

}  // namespace
}  // namespace echolab::capture::test

// Files that other programs write: libpcap as it is, and through editcap and tshark. What went in comes out.

#include <gtest/gtest.h>
#include <pcap/pcap.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <set>

#include "tests/support/tool.h"
#include "tests/unit/capture/compressed.h"
#include "tests/unit/capture/recording.h"

namespace echolab::capture::test {
namespace {

using echolab::test::has_tool;
using echolab::test::output_of;
using echolab::test::TemporaryFolder;

struct Saved {
  std::int64_t time_ns = 0;
  std::uint32_t original_length = 0;
  Buffer data;
};

// A file as it should come back.
struct Original {
  bool nanoseconds = false;
  int snaplen = 65535;
  int dlt = 1;                  // as libpcap names it to programs
  std::uint16_t link_type = 1;  // and to files
  std::vector<Saved> frames;
};

// DLT_RAW is 12 on Linux, but 101 in every file.
constexpr std::pair<int, std::uint16_t> link_types[] = {{DLT_EN10MB, 1},      {DLT_NULL, 0},         {DLT_RAW, 101},
                                                        {DLT_LINUX_SLL, 113}, {DLT_LINUX_SLL2, 276}, {DLT_IPV6, 229}};

Original random_original(std::uint32_t seed, int count) {
  std::mt19937 random(seed);
  const auto between = [&](std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  };
  Original original;
  original.nanoseconds = between(0, 1) == 1;
  original.snaplen = between(0, 2) == 0 ? static_cast<int>(between(1, 300)) : 65535;
  const auto& [dlt, link_type] = link_types[static_cast<std::size_t>(between(0, std::ssize(link_types) - 1))];
  original.dlt = dlt;
  original.link_type = link_type;
  std::int64_t time_ns = between(0, 4'000'000'000) * 1'000'000'000;
  for (int i = 0; i < count; ++i) {
    Saved saved;
    time_ns = std::max<std::int64_t>(0, time_ns + between(-1'000'000, 3'000'000'000));  // clocks go back now and then
    saved.time_ns = original.nanoseconds ? time_ns : time_ns / 1000 * 1000;
    const std::int64_t size = between(0, 3) == 0 ? between(0, 3) : between(0, 2000);
    saved.original_length = static_cast<std::uint32_t>(size);
    saved.data.resize(static_cast<std::size_t>(std::min<std::int64_t>(size, original.snaplen)));
    for (std::uint8_t& byte : saved.data) byte = static_cast<std::uint8_t>(random());
    original.frames.push_back(std::move(saved));
  }
  return original;
}

// The file as libpcap writes it.
Buffer saved_by_libpcap(const Original& original) {
  const u_int precision = original.nanoseconds ? PCAP_TSTAMP_PRECISION_NANO : PCAP_TSTAMP_PRECISION_MICRO;
  pcap_t* const handle = pcap_open_dead_with_tstamp_precision(original.dlt, original.snaplen, precision);
  char* memory = nullptr;
  std::size_t size = 0;
  pcap_dumper_t* const dumper = pcap_dump_fopen(handle, open_memstream(&memory, &size));
  for (const Saved& saved : original.frames) {
    pcap_pkthdr header{};
    header.ts.tv_sec = saved.time_ns / 1'000'000'000;
    header.ts.tv_usec = saved.time_ns % 1'000'000'000 / (original.nanoseconds ? 1 : 1000);
    header.caplen = static_cast<bpf_u_int32>(saved.data.size());
    header.len = saved.original_length;
    pcap_dump(reinterpret_cast<u_char*>(dumper), &header, saved.data.data());
  }
  pcap_dump_close(dumper);
  pcap_close(handle);
  const Buffer bytes(memory, memory + size);
  std::free(memory);
  return bytes;
}

// What is different; empty: nothing. `count`: how many frames there must be.
std::string difference(const Reading& reading, const Original& original, std::size_t count, std::int64_t unit_ns) {
  const std::vector<KeptFrame>& frames = reading.facts.frames;
  if (frames.size() != count) return std::to_string(frames.size()) + " frames of " + std::to_string(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Saved& saved = original.frames[i];
    const std::string where = " of frame " + std::to_string(i + 1);
    if (frames[i].number != i + 1) return "number" + where;
    if (frames[i].data != saved.data) return "bytes" + where;
    if (frames[i].original_length != saved.original_length) return "length" + where;
    if (frames[i].time_ns != saved.time_ns / unit_ns * unit_ns) return "time" + where;
    if (frames[i].link_type != original.link_type) return "link type" + where;
  }
  return {};
}

Buffer prefix(const Buffer& bytes, std::size_t size) {
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)};
}

// Where parts of a file end.
struct Ends {
  std::set<std::size_t> parts;      // a file that ends there is not cut off
  std::vector<std::size_t> frames;  // a frame is whole when its bytes are, whatever else belongs to its block
};
Ends ends_of_pcap(const Original& original) {
  Ends ends;
  std::size_t at = 24;
  ends.parts.insert(at);
  for (const Saved& saved : original.frames) {
    at += 16 + saved.data.size();
    ends.parts.insert(at);
    ends.frames.push_back(at);
  }
  return ends;
}
// Every block says its length after its type; an enhanced packet block has 28 bytes before the frame, the length of
// which is the last but one of them.
Ends ends_of_pcapng(const Buffer& file) {
  const auto little = [&](std::size_t at) {
    return file[at] | std::size_t{file[at + 1]} << 8 | std::size_t{file[at + 2]} << 16 |
           std::size_t{file[at + 3]} << 24;
  };
  Ends ends;
  for (std::size_t at = 0; at < file.size();) {
    if (little(at) == 6) ends.frames.push_back(at + 28 + little(at + 20));
    at += little(at + 4);
    ends.parts.insert(at);
  }
  return ends;
}

std::string difference_after_cut(const Buffer& file, std::size_t size, const Ends& ends, const Original& original,
                                 std::int64_t unit_ns) {
  const auto frames = std::count_if(ends.frames.begin(), ends.frames.end(), [&](auto end) { return end <= size; });
  const Reading reading = read(prefix(file, size));
  if (reading.summary.truncated == ends.parts.contains(size)) return "whether it is cut off";
  return difference(reading, original, static_cast<std::size_t>(frames), unit_ns);
}

TEST(RoundTrip, ReadsWhatLibpcapWrites) {
  EXPECT_TRUE(rc::check("libpcap writes, we read", [] {
    const Original original = random_original(*rc::gen::arbitrary<std::uint32_t>(), *rc::gen::inRange(0, 40));
    const Buffer file = saved_by_libpcap(original);
    for (const Buffer& bytes : {file, gzipped(file), zstandard(file)}) {
      const Reading reading = read(bytes);
      RC_ASSERT(difference(reading, original, original.frames.size(), 1) == "");
      RC_ASSERT(!reading.summary.truncated);
    }
  }));
}

TEST(RoundTrip, ReadsALongFileOfLibpcap) {
  const Original original = random_original(7, 4000);
  const Buffer file = saved_by_libpcap(original);
  const TemporaryFolder folder;
  std::ofstream(folder / "x", std::ios::binary)
      .write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
  Reading reading;
  reading.summary = read_capture(folder / "x", reading.facts);
  EXPECT_EQ(difference(reading, original, original.frames.size(), 1), "");
}

TEST(RoundTrip, ReadsAFileOfLibpcapToTheByteWhereItIsCut) {
  EXPECT_TRUE(rc::check("the frames before the cut, and no other", [] {
    const Original original = random_original(*rc::gen::arbitrary<std::uint32_t>(), *rc::gen::inRange(0, 20));
    const Buffer file = saved_by_libpcap(original);
    const Ends ends = ends_of_pcap(original);
    RC_ASSERT(*ends.parts.rbegin() == file.size());
    for (int i = 0; i < 20; ++i) {
      const auto size = *rc::gen::inRange<std::size_t>(4, file.size() + 1);
      RC_ASSERT(difference_after_cut(file, size, ends, original, 1) == "");
    }
    for (const std::size_t end : ends.parts) RC_ASSERT(difference_after_cut(file, end, ends, original, 1) == "");
    // The bytes that a cut gzip file still gives are a prefix of the file.
    const Buffer packed = gzipped(file);
    const auto size = *rc::gen::inRange<std::size_t>(4, packed.size());
    const Reading reading = read(prefix(packed, size));
    RC_ASSERT(reading.summary.truncated);
    RC_ASSERT(reading.facts.frames.size() <= original.frames.size());
    RC_ASSERT(difference(reading, original, reading.facts.frames.size(), 1) == "");
  }));
}

// One way through a program of Wireshark's.
struct Way {
  std::string name;
  std::vector<std::string> command;  // without the two file names
  bool pcapng = false;
  std::int64_t unit_ns = 1;  // what a time is cut to
};

std::ostream& operator<<(std::ostream& out, const Way& way) {
  return out << way.name;
}

class RoundTripThrough : public testing::TestWithParam<Way> {};

TEST_P(RoundTripThrough, GivesTheSameFrames) {
  const Way& way = GetParam();
  if (!has_tool(way.command[0])) GTEST_SKIP() << way.command[0] << " is not installed";
  const TemporaryFolder folder;
  std::mt19937 random(1);
  for (std::uint32_t seed = 1; seed <= 6; ++seed) {
    const Original original = random_original(seed, seed == 1 ? 0 : static_cast<int>(random() % 60));
    const Buffer file = saved_by_libpcap(original);
    std::ofstream(folder / "in", std::ios::binary)
        .write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
    std::vector<std::string> command = way.command;
    if (command[0] == "tshark") {
      command.insert(command.end(), {"-r", (folder / "in").string(), "-w", (folder / "out").string()});
    } else {
      command.insert(command.end(), {(folder / "in").string(), (folder / "out").string()});
    }
    output_of(command);
    std::ifstream in(folder / "out", std::ios::binary);
    const Buffer out{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    for (const Buffer& bytes : {out, gzipped(out), zstandard(out)}) {
      const Reading reading = read(bytes);
      EXPECT_EQ(difference(reading, original, original.frames.size(), way.unit_ns), "") << "seed " << seed;
      EXPECT_FALSE(reading.summary.truncated);
    }
    const Ends ends = way.pcapng ? ends_of_pcapng(out) : ends_of_pcap(original);
    ASSERT_EQ(*ends.parts.rbegin(), out.size());
    for (int i = 0; i < 60; ++i) {
      const std::size_t size = 4 + random() % (out.size() - 3);
      ASSERT_EQ(difference_after_cut(out, size, ends, original, way.unit_ns), "") << "seed " << seed << " cut " << size;
    }
    for (const std::size_t end : ends.parts) {
      ASSERT_EQ(difference_after_cut(out, end, ends, original, way.unit_ns), "") << "seed " << seed << " cut " << end;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Wireshark, RoundTripThrough,
                         testing::Values(Way{"EditcapPcapng", {"editcap", "-F", "pcapng"}, true, 1},
                                         Way{"EditcapNsecpcap", {"editcap", "-F", "nsecpcap"}, false, 1},
                                         Way{"EditcapPcap", {"editcap", "-F", "pcap"}, false, 1000},
                                         Way{"TsharkPcapng", {"tshark", "-n"}, true, 1},
                                         Way{"TsharkPcap", {"tshark", "-n", "-F", "pcap"}, false, 1000}),
                         [](const testing::TestParamInfo<Way>& way) { return way.param.name; });

}  // namespace
}  // namespace echolab::capture::test

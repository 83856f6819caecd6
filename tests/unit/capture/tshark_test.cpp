// Our decode of every packet of many captures against tshark's.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include "lab/base/text.h"
#include "tests/support/tool.h"
#include "tests/unit/capture/pcapng_file.h"
#include "tests/unit/capture/recording.h"

namespace echolab::capture::test {
namespace {

using echolab::test::has_tool;
using echolab::test::output_of;
using echolab::test::TemporaryFolder;

void write(const std::filesystem::path& file, const Buffer& bytes) {
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

const Endpoint a4{address("198.18.0.3"), Port{40123}}, b4{address("198.18.0.2"), Port{5000}};
const Endpoint a6{address("fd00::3"), Port{40123}}, b6{address("fd00::2"), Port{5000}};

Buffer slice(const Buffer& bytes, std::size_t from, std::size_t size) {
  const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(from);
  return {begin, begin + static_cast<std::ptrdiff_t>(size)};
}

// One packet of every kind the decoder knows, network layer only.
std::vector<Buffer> traffic(bool with4, bool with6) {
  std::vector<Buffer> packets;
  const auto both_ways = [&](const Endpoint& a, const Endpoint& b) {
    const auto send_udp = [&](const Buffer& payload) {
      packets.push_back(ip(a.address, b.address, 17, udp(a, b, payload)));
      packets.push_back(ip(b.address, a.address, 17, udp(b, a, payload)));
    };
    send_udp(text("hello"));
    send_udp({});
    send_udp(text("컴퓨터네트워크"));
    send_udp(Buffer(1400, 'q'));
    Buffer broken = udp(a, b, text("bad sum"));
    broken[6] ^= 0x55;
    packets.push_back(ip(a.address, b.address, 17, broken));
    const Buffer mss = {2, 4, 5, 0xb4};
    packets.push_back(ip(a.address, b.address, 6, tcp(a, b, 0xfffffffe, 0, syn, {}, mss)));
    packets.push_back(ip(b.address, a.address, 6, tcp(b, a, 77, 0xffffffff, syn | ack, {}, mss)));
    packets.push_back(ip(a.address, b.address, 6, tcp(a, b, 0xffffffff, 78, ack, {})));
    packets.push_back(ip(a.address, b.address, 6, tcp(a, b, 0xffffffff, 78, ack | psh, text("over tcp"))));
    packets.push_back(ip(b.address, a.address, 6, tcp(b, a, 78, 7, ack | fin, text("and back"))));
    packets.push_back(ip(a.address, b.address, 6, tcp(a, b, 7, 87, rst | ack, {})));
  };
  if (with4) {
    both_ways(a4, b4);
    Buffer absent = udp(a4, b4, text("no sum"));
    set16(absent, 6, 0);
    packets.push_back(ip(a4.address, b4.address, 17, absent));
    packets.push_back(ipv4(a4.address, b4.address, 17, udp(a4, b4, text("options")), {}, {7, 7, 4, 0, 0, 0, 0, 0}));
    const Buffer big = udp(a4, b4, Buffer(3000, 'f') + text("last"));
    packets.push_back(ipv4(a4.address, b4.address, 17, slice(big, 1480, 1480), {77, 1480, true}));
    packets.push_back(ipv4(a4.address, b4.address, 17, slice(big, 2960, big.size() - 2960), {77, 2960, false}));
    packets.push_back(ipv4(a4.address, b4.address, 17, slice(big, 0, 1480), {77, 0, true}));
    Buffer unreachable = {3, 3, 0, 0, 0, 0, 0, 0};
    put(unreachable, std::span(packets[0]).first(28));
    set16(unreachable, 2, simple_checksum(unreachable));
    packets.push_back(ipv4(b4.address, a4.address, 1, unreachable));
    packets.push_back(ipv4(b4.address, a4.address, 1, {8, 0, 0xf7, 0xff, 0, 0, 0, 0}));  // an echo request: no error
  }
  if (with6) {
    both_ways(a6, b6);
    const Buffer options = {17, 0, 1, 4, 0, 0, 0, 0};
    packets.push_back(ipv6(a6.address, b6.address, 60, options + udp(a6, b6, text("after options"))));
    packets.push_back(
        ipv6(a6.address, b6.address, 0, Buffer{60, 0, 1, 4, 0, 0, 0, 0} + options + udp(a6, b6, text("two"))));
    const Buffer big = udp(a6, b6, Buffer(2000, 'g'));
    packets.push_back(ipv6(a6.address, b6.address, 44, fragment_header(17, {5, 0, true}) + slice(big, 0, 1240)));
    packets.push_back(
        ipv6(a6.address, b6.address, 44, fragment_header(17, {5, 1240, false}) + slice(big, 1240, big.size() - 1240)));
    packets.push_back(
        ipv6(a6.address, b6.address, 44, fragment_header(17, {6, 0, false}) + udp(a6, b6, text("atomic"))));
    const Buffer quoted = ip(a6.address, b6.address, 17, udp(a6, b6, text("lost")));
    packets.push_back(ipv6(b6.address, a6.address, 58,
                           with_checksum(Buffer{1, 4, 0, 0, 0, 0, 0, 0} + quoted, 2, b6.address, a6.address, 58)));
  }
  return packets;
}

bool is_v4(const Buffer& packet) {
  return packet[0] >> 4 == 4;
}

// Each packet in the frame of a link type.
using Link = std::function<Buffer(const Buffer&)>;
Buffer plain(const Buffer& packet) {
  return packet;
}
Link vlans(const std::vector<unsigned>& tags) {
  return [tags](const Buffer& packet) { return ethernet(is_v4(packet) ? 0x0800 : 0x86dd, packet, tags); };
}
Link family(bool big, std::uint8_t v6) {
  return [big, v6](const Buffer& packet) {
    const std::uint8_t value = is_v4(packet) ? 2 : v6;
    return (big ? Buffer{0, 0, 0, value} : Buffer{value, 0, 0, 0}) + packet;
  };
}
Buffer sll(const Buffer& packet) {
  Buffer out = {0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0};
  put16(out, is_v4(packet) ? 0x0800 : 0x86dd);
  return out + packet;
}
Buffer sll2(const Buffer& packet) {
  Buffer out;
  put16(out, is_v4(packet) ? 0x0800 : 0x86dd);
  return out + Buffer{0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0} + packet;
}

std::vector<Buffer> frames_of(const Link& link, bool with4 = true, bool with6 = true) {
  std::vector<Buffer> frames;
  for (const Buffer& packet : traffic(with4, with6)) frames.push_back(link(packet));
  return frames;
}
Buffer pcap(const PcapFile::Kind& kind, const Link& link, bool with4 = true, bool with6 = true) {
  PcapFile file(kind);
  for (const Buffer& frame : frames_of(link, with4, with6)) file.add(frame);
  return file.bytes();
}

// Makes "out" in the folder from what it writes itself or lets other programs write.
struct Case {
  std::string name;
  std::function<void(const TemporaryFolder&)> make;
};

Case of_bytes(std::string name, std::function<Buffer()> bytes) {
  return {std::move(name), [bytes](const TemporaryFolder& folder) { write(folder / "out", bytes()); }};
}
Case of_pcap(std::string name, PcapFile::Kind kind, Link link, bool with4 = true, bool with6 = true) {
  return of_bytes(std::move(name), [=] { return pcap(kind, link, with4, with6); });
}
// A pcap file, then another program that turns "in" into "out".
Case through(std::string name, PcapFile::Kind kind, Link link, std::vector<std::string> command) {
  return {std::move(name), [=](const TemporaryFolder& folder) {
            write(folder / "in", pcap(kind, link));
            std::vector<std::string> full = command;
            full.push_back(folder / "in");
            full.push_back(folder / "out");
            output_of(full);
          }};
}

Buffer pcapng_variants(bool big) {
  const std::vector<Buffer> frames = frames_of(ethernet_ip);
  PcapngFile file(big);
  file.interface(1, 0, file.option(2, text("eth0")) + file.option(9, {9}) + file.option(0, {}));
  file.interface(1, 0, file.option(9, {0x94}) + file.option(0, {}));  // 2^-20 s
  file.interface(1, 0, file.option(14, file.number(1000)));           // an offset of 1000 s, microseconds
  file.block(0x7fffffff, Buffer(40, 2));                              // unknown to everybody
  for (unsigned i = 0; i < frames.size(); ++i) {
    const std::uint64_t units[] = {1'700'000'000'123'456'789u + i, (std::uint64_t{1'700'000'000} << 20) + i * 4096,
                                   1'700'000'000'000'000u + i};
    const unsigned id = i * 3 / static_cast<unsigned>(frames.size());  // fragments stay on one interface
    if (i % 7 == 6) {
      file.old_packet(id, units[id], frames[i]);
    } else {
      file.enhanced(id, units[id], frames[i], i % 5 == 0 ? file.option(1, text("a comment")) : Buffer{});
    }
  }
  return file.bytes();
}

Buffer two_sections() {
  PcapngFile little(false), big(true);
  for (PcapngFile* file : {&little, &big}) {
    file->interface(101);
    for (const Buffer& packet : traffic(true, true)) file->enhanced(0, 1'700'000'000'000'000, packet);
  }
  return little.bytes() + big.bytes();
}

Buffer simple_packets() {
  PcapngFile file;
  file.interface(1);
  for (const Buffer& frame : frames_of(ethernet_ip)) file.simple(frame);
  return file.bytes();
}

Buffer not_ours() {
  PcapFile file;
  Buffer arp = {0, 1, 8, 0, 6, 4, 0, 1};
  arp.resize(28, 7);
  file.add(ethernet(0x0806, arp)).add(ethernet(0x88b5, text("sentinel"))).add(ethernet(0x88cc, Buffer(46, 1)));
  file.add(ethernet_ip(ipv4(a4.address, b4.address, 47, Buffer(40, 0))));
  return file.bytes();
}

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const bool big : {false, true}) {
    for (const bool nano : {false, true}) {
      all.push_back(
          of_pcap(fmt::format("ethernet_{}_{}", big ? "big" : "little", nano ? "ns" : "us"), {big, nano}, ethernet_ip));
    }
    all.push_back(
        of_bytes(fmt::format("pcapng_blocks_{}", big ? "big" : "little"), [big] { return pcapng_variants(big); }));
  }
  all.push_back(of_pcap("vlan", {}, vlans({0x8100})));
  all.push_back(of_pcap("qinq", {}, vlans({0x88a8, 0x8100})));
  all.push_back(of_pcap("null_macos", {false, false, 0}, family(false, 30)));
  all.push_back(of_pcap("null_freebsd", {false, false, 0}, family(false, 28)));
  all.push_back(of_pcap("null_npcap", {false, false, 0}, family(false, 24)));
  all.push_back(of_pcap("null_big", {true, false, 0}, family(true, 30)));
  all.push_back(of_pcap("loop", {false, false, 108}, family(true, 24)));
  all.push_back(of_pcap("raw", {false, false, 101}, plain));
  all.push_back(of_pcap("raw_12", {false, false, 12}, plain));
  all.push_back(of_pcap("raw_14", {false, false, 14}, plain));
  all.push_back(of_pcap("ipv4_only", {false, false, 228}, plain, true, false));
  all.push_back(of_pcap("ipv6_only", {false, false, 229}, plain, false, true));
  all.push_back(of_pcap("sll", {false, false, 113}, sll));
  all.push_back(of_pcap("sll2", {false, true, 276}, sll2));
  all.push_back(of_bytes("two_sections", two_sections));
  all.push_back(of_bytes("simple_packets", simple_packets));
  all.push_back(of_bytes("not_ours", not_ours));
  const std::vector<std::string> to_pcapng = {"editcap", "-F", "pcapng"};
  all.push_back(through("editcap_pcapng", {}, ethernet_ip, to_pcapng));
  all.push_back(through("editcap_pcapng_ns", {false, true}, ethernet_ip, to_pcapng));
  all.push_back(through("editcap_pcapng_null", {false, false, 0}, family(false, 30), to_pcapng));
  all.push_back(through("editcap_pcapng_sll2", {false, false, 276}, sll2, to_pcapng));
  all.push_back(through("editcap_pcapng_raw", {false, false, 101}, plain, to_pcapng));
  all.push_back(through("editcap_snaplen", {}, ethernet_ip, {"editcap", "-F", "pcap", "-s", "70"}));
  all.push_back(through("editcap_snaplen_tiny", {}, ethernet_ip, {"editcap", "-F", "pcap", "-s", "40"}));
  all.push_back(through("editcap_comments", {}, ethernet_ip, {"editcap", "-a", "1:hello", "-a", "3:world"}));
  all.push_back(through("editcap_doubled", {}, ethernet_ip, {"editcap", "-t", "-3600"}));
  all.push_back({"gzip", [](const TemporaryFolder& folder) {
                   write(folder / "out", pcapng_variants(true));
                   output_of({"gzip", folder / "out"});
                   std::filesystem::rename(folder / "out.gz", folder / "out");
                 }});
  all.push_back({"zstd", [](const TemporaryFolder& folder) {
                   write(folder / "in", pcap({}, ethernet_ip));
                   output_of({"zstd", "-q", folder / "in", "-o", folder / "out"});
                 }});
  all.push_back({"mergecap_link_types", [](const TemporaryFolder& folder) {
                   write(folder / "one", pcap({}, ethernet_ip));
                   write(folder / "two", pcap({false, true, 101}, plain));
                   output_of({"mergecap", "-a", "-w", folder / "out", folder / "one", folder / "two"});
                 }});
  all.push_back(
      {"tcpdump_rewritten", [](const TemporaryFolder& folder) {
         write(folder / "in", pcap({}, ethernet_ip));
         output_of({"tcpdump", "-Z", "root", "-r", folder / "in", "--time-stamp-precision=nano", "-w", folder / "out"});
       }});
  return all;
}

const std::vector<std::string> fields = {"frame.time_epoch",
                                         "frame.cap_len",
                                         "frame.len",
                                         "ip.src",
                                         "ip.dst",
                                         "ipv6.src",
                                         "ipv6.dst",
                                         "udp.srcport",
                                         "udp.dstport",
                                         "udp.length",
                                         "udp.checksum.status",
                                         "udp.payload",
                                         "tcp.srcport",
                                         "tcp.dstport",
                                         "tcp.seq_raw",
                                         "tcp.ack_raw",
                                         "tcp.flags",
                                         "tcp.len",
                                         "tcp.window_size_value",
                                         "tcp.payload",
                                         "tcp.checksum.status",
                                         "icmp.type",
                                         "icmpv6.type"};

using Row = std::map<std::string, std::string>;

std::vector<Row> tshark_rows(const std::filesystem::path& file) {
  std::vector<std::string> command = {"tshark", "-n", "-r",           file, "-T",
                                      "fields", "-E", "occurrence=f", "-E", "separator=|"};
  for (const char* preference : {"udp.check_checksum:TRUE", "tcp.check_checksum:TRUE",
                                 "tcp.desegment_tcp_streams:FALSE", "ip.defragment:TRUE", "ipv6.defragment:TRUE"}) {
    command.insert(command.end(), {"-o", preference});
  }
  for (const std::string& field : fields) command.insert(command.end(), {"-e", field});
  std::istringstream lines(output_of(command));
  std::vector<Row> rows;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream cells(line);
    Row& row = rows.emplace_back();
    for (const std::string& field : fields) std::getline(cells, row[field], '|');
  }
  return rows;
}

std::string address_of(const Row& row, const char* side) {
  const std::string& v4 = row.at(std::string("ip.") + side);
  return v4.empty() ? row.at(std::string("ipv6.") + side) : v4;
}

// tshark's states: 0 bad, 1 good, 2 unverified, 3 not present, 4 illegal.
std::string status_of(Checksum checksum) {
  switch (checksum) {
    case Checksum::good:
      return "1";
    case Checksum::unfilled:
    case Checksum::bad:
      return "0";
    case Checksum::absent:
      return "3";
    default:
      return "2";
  }
}

// What we say of each frame in tshark's words; empty where the frame carries nothing of that kind.
std::vector<Row> our_rows(const Reading& reading) {
  std::vector<Row> rows;
  for (const KeptFrame& frame : reading.facts.frames) {
    Row row;
    row["frame.time_epoch"] = fmt::format("{}.{:09}", frame.time_ns / 1'000'000'000, frame.time_ns % 1'000'000'000);
    row["frame.cap_len"] = std::to_string(frame.data.size());
    row["frame.len"] = std::to_string(frame.original_length);
    rows.push_back(std::move(row));
  }
  const auto note = [&](std::uint64_t frame, const Endpoint& source, const Endpoint& destination,
                        const std::string& kind) -> Row& {
    Row& row = rows[frame - 1];
    row[kind + ".srcport"] = std::to_string(source.port.value);
    row[kind + ".dstport"] = std::to_string(destination.port.value);
    return row;
  };
  for (const KeptUdp& datagram : reading.facts.udp) {
    Row& row = note(datagram.frame, datagram.source, datagram.destination, "udp");
    row["source"] = datagram.source.address.to_string();
    row["destination"] = datagram.destination.address.to_string();
    row["udp.length"] = std::to_string(datagram.length + 8);
    row["udp.checksum.status"] = status_of(datagram.checksum);
    row["udp.payload"] = to_hex(datagram.payload);
  }
  for (const KeptTcp& segment : reading.facts.tcp) {
    Row& row = note(segment.frame, segment.source, segment.destination, "tcp");
    row["source"] = segment.source.address.to_string();
    row["destination"] = segment.destination.address.to_string();
    row["tcp.seq_raw"] = std::to_string(segment.sequence);
    row["tcp.ack_raw"] = std::to_string(segment.acknowledgement);
    const TcpFlags& f = segment.flags;
    row["tcp.flags"] = fmt::format("0x{:04x}", f.fin * 1 + f.syn * 2 + f.rst * 4 + f.psh * 8 + f.ack * 16);
    row["tcp.len"] = std::to_string(segment.length);
    row["tcp.window_size_value"] = std::to_string(segment.window);
    row["tcp.payload"] = to_hex(segment.payload);
    row["tcp.checksum.status"] = status_of(segment.checksum);
  }
  for (const KeptIcmp& error : reading.facts.icmp) {
    Row& row = note(error.frame, error.source, error.destination, error.transport == Transport::udp ? "udp" : "tcp");
    row["reporter"] = error.reporter.to_string();
    row[error.reporter.is_v4() ? "icmp.type" : "icmpv6.type"] = std::to_string(error.type);
  }
  return rows;
}

// How a failed test names its parameter.
void PrintTo(const Case& each, std::ostream* out) {
  *out << each.name;
}

class AgainstTshark : public testing::TestWithParam<Case> {};

TEST_P(AgainstTshark, DecodesEveryPacketAlike) {
  for (const char* tool : {"tshark", "editcap", "mergecap", "tcpdump", "gzip", "zstd"}) {
    if (!has_tool(tool)) GTEST_SKIP() << tool << " is not installed";
  }
  const TemporaryFolder folder;
  GetParam().make(folder);
  Reading reading;
  reading.summary = read_capture(folder / "out", reading.facts);
  const std::vector<Row> ours = our_rows(reading), theirs = tshark_rows(folder / "out");
  ASSERT_EQ(ours.size(), theirs.size());
  ASSERT_GE(ours.size(), 4u);
  EXPECT_EQ(reading.summary.malformed, 0u);
  EXPECT_FALSE(reading.summary.truncated);
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const Row& row = ours[i];
    const bool cut = reading.facts.frames[i].data.size() < reading.facts.frames[i].original_length;
    for (const auto& [field, value] : row) {
      if (field == "source" || field == "reporter") {
        EXPECT_EQ(value, address_of(theirs[i], "src")) << "packet " << i + 1;
      } else if (field == "destination") {
        EXPECT_EQ(value, address_of(theirs[i], "dst")) << "packet " << i + 1;
      } else if (field == "frame.time_epoch" && value == "0.000000000") {
        continue;  // a simple packet block has no time
      } else if (cut && field.starts_with("udp.") && theirs[i].at("udp.srcport").empty()) {
        continue;  // tshark does not reassemble fragments that a snaplen cut; we give what there is
      } else {
        EXPECT_EQ(value, theirs[i].at(field)) << field << " of packet " << i + 1;
      }
    }
    // And nothing is decoded there that we left out: but for headers that a snaplen cut.
    for (const char* port : {"udp.srcport", "tcp.srcport"}) {
      EXPECT_TRUE(cut || theirs[i].at(port).empty() || row.contains(port)) << port << " of packet " << i + 1;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Captures, AgainstTshark, testing::ValuesIn(cases()),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace echolab::capture::test

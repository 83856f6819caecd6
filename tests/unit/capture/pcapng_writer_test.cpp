#include "lab/capture/pcapng_writer.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "lab/base/error.h"
#include "tests/support/tool.h"
#include "tests/unit/capture/recording.h"

namespace echolab::capture::test {
namespace {

using echolab::test::has_tool;
using echolab::test::output_of;
using echolab::test::TemporaryFolder;

const Endpoint client{address("198.18.0.3"), Port{40123}}, server{address("198.18.0.2"), Port{5000}};

void write_example(const std::filesystem::path& file) {
  SectionDescription section;
  section.comments = {"Scenario: 에코", "Seed: 42"};
  section.hardware = "a lab";
  section.os = "Linux 6.18";
  section.application = "echolab 0.1.0";
  PcapngWriter writer(file, section);
  InterfaceDescription interface;
  interface.name = "lab";
  interface.description = "network lab, 198.18.0.0/24";
  interface.filter = "udp port 5000";
  interface.os = "Linux";
  interface.snaplen = 2048;
  writer.add_interface(interface);
  interface.name = "second";
  writer.add_interface(interface);
  writer.add_names(std::vector<NameRecord>{
      {client.address, "client-1"}, {server.address, "server"}, {address("fd00::2"), "server6"}});
  const Buffer request = ethernet_ip(ip(client.address, server.address, 17, udp(client, server, text("hello"))));
  const Buffer echo = ethernet_ip(ip(server.address, client.address, 17, udp(server, client, text("hello"))));
  const std::vector<std::string> comments = {"client-1 message 1, echoed in packet 2", "두 번째"};
  PacketRecord record;
  record.time_ns = 1'700'000'000'123'456'789;
  record.original_length = static_cast<std::uint32_t>(request.size());
  record.data = request;
  record.comments = comments;
  record.flags = 1;
  writer.write(record);
  record = {};
  record.interface = 1;
  record.time_ns = 1'700'000'000'123'666'789;
  record.original_length = static_cast<std::uint32_t>(echo.size());
  record.data = echo;
  record.packet_id = 77;
  writer.write(record);
  InterfaceCounters counters;
  counters.time_ns = counters.end_ns.emplace(1'700'000'001'000'000'000);
  counters.start_ns = 1'700'000'000'000'000'000;
  counters.received = 1234;
  counters.dropped = 5;
  counters.filter_accepted = 1000;
  counters.os_dropped = 2;
  counters.delivered = 998;
  writer.write_counters(0, counters);
  writer.close(true);
}

TEST(PcapngWriter, TsharkShowsCommentsInterfacesAndNames) {
  if (!has_tool("tshark")) GTEST_SKIP() << "tshark is not installed";
  const TemporaryFolder folder;
  write_example(folder / "x.pcapng");
  const std::string shown = output_of({"tshark",
                                       "-r",
                                       folder / "x.pcapng",
                                       "-N",
                                       "n",
                                       "-T",
                                       "fields",
                                       "-E",
                                       "separator=|",
                                       "-e",
                                       "frame.number",
                                       "-e",
                                       "frame.time_epoch",
                                       "-e",
                                       "frame.interface_name",
                                       "-e",
                                       "frame.interface_description",
                                       "-e",
                                       "frame.comment",
                                       "-e",
                                       "ip.src_host",
                                       "-e",
                                       "ip.dst_host",
                                       "-e",
                                       "frame.packet_flags_direction",
                                       "-e",
                                       "udp.payload"});
  EXPECT_EQ(
      shown,
      "1|1700000000.123456789|lab|network lab, 198.18.0.0/24|client-1 message 1, echoed in packet 2,두 번째|client-1|"
      "server|0x00000001|68656c6c6f\n"
      "2|1700000000.123666789|second|network lab, 198.18.0.0/24||server|client-1||68656c6c6f\n");
}

TEST(PcapngWriter, CapinfosShowsSectionInterfaceAndStatistics) {
  if (!has_tool("capinfos")) GTEST_SKIP() << "capinfos is not installed";
  const TemporaryFolder folder;
  write_example(folder / "x.pcapng");
  const std::string shown = output_of({"capinfos", folder / "x.pcapng"});
  for (const char* expected :
       {"Wireshark/... - pcapng", "Scenario: 에코", "Seed: 42", "Capture hardware:    a lab",
        "Capture oper-sys:    Linux 6.18", "Capture application: echolab 0.1.0", "Name = lab",
        "Description = network lab, 198.18.0.0/24", "Capture length = 2048", "Time precision = nanoseconds",
        "Filter string = udp port 5000", "Number of stat entries = 1", "Number of packets:   2"}) {
    EXPECT_NE(shown.find(expected), std::string::npos) << expected << " is not in\n" << shown;
  }
}

TEST(PcapngWriter, OurReaderGetsBackWhatWasWritten) {
  const TemporaryFolder folder;
  write_example(folder / "x.pcapng");
  Recording facts;
  const Summary summary = read_capture(folder / "x.pcapng", facts);
  EXPECT_EQ(summary.comments, (std::vector<std::string>{"Scenario: 에코", "Seed: 42"}));
  ASSERT_EQ(summary.interfaces.size(), 2u);
  EXPECT_EQ(summary.interfaces[0].name, "lab");
  EXPECT_EQ(summary.interfaces[0].snaplen, 2048u);
  EXPECT_EQ(summary.interfaces[0].received, 1234u);
  EXPECT_EQ(summary.interfaces[0].dropped, 7u);
  EXPECT_FALSE(summary.interfaces[1].has_statistics);
  ASSERT_EQ(facts.udp.size(), 2u);
  EXPECT_EQ(facts.frames[1].interface, 1u);
}

TEST(PcapngWriter, CutsTextThatAnOptionCannotHoldBetweenCharacters) {
  const TemporaryFolder folder;
  std::string longer;
  while (longer.size() < 70000) longer += "에";  // three bytes each; 65,535 is a multiple of three
  SectionDescription section;
  section.comments = {longer, "x" + longer, "broken \xff here", "\xed\xa0\x80"};
  PcapngWriter(folder / "x", section).close(false);
  Recording facts;
  const Summary summary = read_capture(folder / "x", facts);
  ASSERT_EQ(summary.comments.size(), 4u);
  EXPECT_EQ(summary.comments[0].size(), 65535u);
  EXPECT_EQ(summary.comments[1].size(), 65533u);
  EXPECT_EQ(summary.comments[2], "broken \xEF\xBF\xBD here");
  EXPECT_FALSE(summary.truncated);
}

TEST(PcapngWriter, KeepsNoDescriptorWhenToldSo) {
  const TemporaryFolder folder;
  std::vector<PcapngWriter> writers;
  const Buffer data(100, 1);
  for (int i = 0; i < 3000; ++i) {  // more than the usual limit of open files
    writers.emplace_back(folder / std::to_string(i), SectionDescription{}, 64, PcapngWriter::Descriptor::reopened);
    writers.back().add_interface({});
  }
  for (PcapngWriter& writer : writers) {
    PacketRecord record;
    record.data = data;
    writer.write(record);
    writer.close(false);
  }
  Recording facts;
  EXPECT_EQ(read_capture(folder / "2999", facts).packets, 1u);
}

TEST(PcapngWriter, NamesTheFileThatCannotBeWritten) {
  EXPECT_THROW(PcapngWriter("/nonexistent/x.pcapng", SectionDescription{}), EnvironmentError);
}

TEST(PcapngWriter, RoundTripOfAnyFrames) {
  const TemporaryFolder folder;
  EXPECT_TRUE(rc::check("write, then read, gives the same frames", [&] {
    const auto buffer = *rc::gen::element<std::size_t>(16, 500, 1 << 20);
    const auto count = *rc::gen::inRange(0, 20);
    std::vector<Buffer> datas;
    std::vector<std::int64_t> times;
    PcapngWriter writer(folder / "x", SectionDescription{}, buffer);
    writer.add_interface({});
    for (int i = 0; i < count; ++i) {
      datas.push_back(*rc::gen::container<Buffer>(rc::gen::arbitrary<std::uint8_t>()));
      times.push_back(*rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << 62));
      const std::vector<std::string> comments(*rc::gen::inRange<std::size_t>(0, 3), "a comment");
      PacketRecord record;
      record.time_ns = times.back();
      record.data = datas.back();
      record.original_length = static_cast<std::uint32_t>(datas.back().size() + 5);
      record.comments = comments;
      writer.write(record);
    }
    writer.close(false);
    Recording facts;
    const Summary summary = read_capture(folder / "x", facts);
    RC_ASSERT(!summary.truncated);
    RC_ASSERT(facts.frames.size() == datas.size());
    for (std::size_t i = 0; i < datas.size(); ++i) {
      RC_ASSERT(facts.frames[i].data == datas[i]);
      RC_ASSERT(facts.frames[i].time_ns == times[i]);
      RC_ASSERT(facts.frames[i].original_length == datas[i].size() + 5);
    }
    RC_ASSERT(summary.packets == summary.decoded + summary.other + summary.malformed);
  }));
}

}  // namespace
}  // namespace echolab::capture::test

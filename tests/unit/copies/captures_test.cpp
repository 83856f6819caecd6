// Captures that share packets are found whatever was rewritten in them; captures of runs of their own are not.

#include "tests/unit/copies/captures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lab/copies/find_copies.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tool.h"

namespace echolab::copies {

namespace {

using test::Exchange;
using test::Run;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string udp_file(const Run& run) {
  Exchange exchange(run);
  exchange.udp();
  return exchange.wire.file();
}

std::string tcp_file(const Run& run) {
  Exchange exchange(run);
  exchange.tcp();
  return exchange.wire.file();
}

class Captures : public testing::Test {
 protected:
  std::filesystem::path hand_in(const std::string& student, const std::string& bytes) {
    works_.push_back({student, folder_ / student});
    const auto file = works_.back().folder / (student + ".pcapng");
    test::write(file, bytes);
    return file;
  }
  std::vector<marks::Alike> found() const { return find_copies(works_); }

  test::TemporaryFolder folder_;
  std::vector<Work> works_;
};

TEST_F(Captures, TwentyRunsOfTheSameProgramAreNoCopies) {
  for (unsigned i = 0; i < 20; ++i) hand_in("udp" + std::to_string(i), udp_file({.seed = i}));
  for (unsigned i = 0; i < 20; ++i) hand_in("tcp" + std::to_string(i), tcp_file({.seed = i + 100}));
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Captures, TwentyRunsOnLoopbackAreNoCopies) {
  for (unsigned i = 0; i < 20; ++i) {
    hand_in("udp" + std::to_string(i), udp_file({.seed = i, .messages = 200, .loopback = true}));
  }
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Captures, PacketsWithoutTimesOfTheirOwnAreNoCopies) {
  // A clock that ticks every 15.625 ms, as some captures on Windows have.
  for (unsigned student = 0; student < 2; ++student) {
    test::WireBuilder wire;
    const Endpoint client = *Endpoint::parse("10.0.0.1:50000"), server = *Endpoint::parse("10.0.0.2:5000");
    for (int i = 0; i < 100; ++i) {
      wire.advance_us(i % 4 == 0 ? 15'625 * (1 + i % 3) : 0);
      wire.udp(client, server, "the same text");
      wire.udp(server, client, "the same text");
    }
    wire.udp(client, server, std::to_string(student));
    hand_in("student" + std::to_string(student), wire.file());
  }
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Captures, TheSameFileIsFound) {
  const std::string file = udp_file({.messages = 1});
  hand_in("20260001", file);
  hand_in("20260002", udp_file({.seed = 2, .messages = 1}));
  hand_in("20260003", file);
  const auto alike = found();
  ASSERT_THAT(alike, SizeIs(1));
  EXPECT_EQ(alike[0].first, "20260001");
  EXPECT_EQ(alike[0].second, "20260003");
  EXPECT_EQ(alike[0].what, "capture");
  EXPECT_EQ(alike[0].reason, "the two files are the same, byte for byte");
}

TEST_F(Captures, ManyEqualFilesGiveOnePairEachAndNotAllPairs) {
  for (int i = 0; i < 100; ++i) hand_in("student" + std::to_string(i), udp_file({.seed = 7}));
  EXPECT_THAT(found(), SizeIs(99));
}

TEST_F(Captures, RewrittenAddressesPortsTimesAndPayloadsAreFound) {
  hand_in("20260001", udp_file({.seed = 5}));
  hand_in("20260002", udp_file({.seed = 5,
                                .id = "20260002",
                                .client = "10.1.2.3",
                                .server = "10.1.2.4",
                                .server_port = 6000,
                                .later_us = 3'600'000'000}));
  for (unsigned i = 0; i < 30; ++i) hand_in("other" + std::to_string(i), udp_file({.seed = 50 + i}));
  const auto alike = found();
  ASSERT_THAT(alike, SizeIs(1));
  EXPECT_EQ(
      alike[0].reason,
      "20 of 20 packets have the same distances in time to the microsecond; the second file is 3,600.000000 s later; "
      "addresses or ports differ; payloads differ in 20 packets");
  EXPECT_THAT(alike[0].evidence, ElementsAre("20260001.pcapng packet 1 = 20260002.pcapng packet 1",
                                             "20260001.pcapng packet 5 = 20260002.pcapng packet 5",
                                             "20260001.pcapng packet 10 = 20260002.pcapng packet 10",
                                             "20260001.pcapng packet 15 = 20260002.pcapng packet 15",
                                             "20260001.pcapng packet 20 = 20260002.pcapng packet 20"));
}

TEST_F(Captures, ACopyAmongOtherTrafficIsFound) {
  hand_in("20260001", udp_file({.seed = 5}));
  // The same exchange with a packet of somebody else's between any two.
  auto records = test::split(udp_file({.seed = 5, .id = "20260002"}));
  std::vector<test::Record> mixed;
  test::WireBuilder noise;
  noise.udp(*Endpoint::parse("10.9.9.9:53"), *Endpoint::parse("10.9.9.8:40000"), "an answer");
  const auto noise_frame = test::split(noise.file())[0].frame;
  for (const auto& record : records) {
    mixed.push_back(record);
    auto header = record.header;
    const auto size = static_cast<std::uint32_t>(noise_frame.size());
    std::memcpy(&header[8], &size, 4);
    std::memcpy(&header[12], &size, 4);
    mixed.push_back({header, noise_frame});
  }
  hand_in("20260002", test::join(udp_file({}), mixed));
  const auto alike = found();
  ASSERT_FALSE(alike.empty());
  EXPECT_THAT(alike[0].reason, HasSubstr("20 of 20 packets have the same distances in time"));
  EXPECT_EQ(alike[0].evidence[1], "20260001.pcapng packet 5 = 20260002.pcapng packet 9");
}

TEST_F(Captures, EqualSequenceNumbersAreFoundWhenAllTimesAreNew) {
  hand_in("20260001", tcp_file({.seed = 5}));
  auto records = test::split(tcp_file({.seed = 5, .id = "20260002", .client = "10.1.2.3"}));
  std::mt19937 random(9);
  std::uint32_t nanoseconds = 0;
  for (auto& record : records) {
    nanoseconds += std::uniform_int_distribution<std::uint32_t>(1'000, 9'000'000)(random);
    std::memcpy(&record.header[4], &nanoseconds, 4);
    std::fill_n(record.header.begin(), 4, '\1');
  }
  hand_in("20260002", test::join(tcp_file({}), records));
  const auto alike = found();
  ASSERT_THAT(alike, SizeIs(1));
  EXPECT_THAT(alike[0].reason, HasSubstr("have the same TCP sequence and acknowledgement numbers; their times differ"));
}

TEST_F(Captures, PacketsThatSayLittleThemselvesAreCountedWithTheOthers) {
  const auto file = [](std::int64_t later_us) {
    Exchange exchange({.seed = 5, .later_us = later_us});
    exchange.udp();
    // A conversation of two packets on another port.
    const Endpoint client = *Endpoint::parse("192.168.0.10:50000"), server = *Endpoint::parse("192.168.0.20:7");
    exchange.wire.udp(client, server, "once");
    exchange.wire.advance_us(9);
    exchange.wire.udp(server, client, "once");
    return exchange.wire.file();
  };
  hand_in("20260001", file(0));
  hand_in("20260002", file(1'000'000));
  const auto alike = found();
  ASSERT_THAT(alike, SizeIs(1));
  EXPECT_EQ(alike[0].reason,
            "22 of 22 packets have the same distances in time to the microsecond; the second file is 1.000000 s later");
}

TEST_F(Captures, ACopyBehindTheFirstPacketsOfAnotherIsFound) {
  const std::string whole = udp_file({.seed = 5, .messages = 30});
  auto records = test::split(whole);
  records.erase(records.begin(), records.begin() + 25);
  hand_in("20260001", whole);
  hand_in("20260002", test::join(whole, records));
  const auto alike = found();
  ASSERT_THAT(alike, SizeIs(1));
  EXPECT_THAT(alike[0].reason, HasSubstr("35 of 35 packets"));
  EXPECT_EQ(alike[0].evidence[0], "20260001.pcapng packet 26 = 20260002.pcapng packet 1");
}

TEST_F(Captures, WhatEditcapShiftsIsFound) {
  if (!test::has_tool("editcap")) GTEST_SKIP() << "editcap is not installed";
  const auto original = hand_in("20260001", tcp_file({.seed = 5, .messages = 13}));
  const auto copy = hand_in("20260002", "");
  test::output_of({"editcap", "-t", "3600", original.string(), copy.string()});
  const auto alike = found();
  ASSERT_THAT(alike, SizeIs(2));
  EXPECT_THAT(alike[0].reason,
              HasSubstr("45 of 45 packets have the same distances in time to the microsecond; the second "
                        "file is 3,600.000000 s later"));
  EXPECT_EQ(alike[1].first, "20260002");
  EXPECT_EQ(alike[1].second, "");
  EXPECT_EQ(alike[1].what, "edited capture");
  EXPECT_THAT(alike[1].reason, HasSubstr("written by \"Editcap"));
}

TEST_F(Captures, BroadcastsThatAWholeRoomSeesAreNoCopies) {
  const auto room = [](const std::string& text) {
    std::mt19937 random(3);
    test::WireBuilder wire;
    for (int i = 0; i < 50; ++i) {
      wire.advance_us(std::uniform_int_distribution<int>(1000, 900'000)(random));
      wire.udp(*Endpoint::parse("10.0.0.9:5353"), *Endpoint::parse("224.0.0.251:5353"), "who is there");
    }
    wire.udp(*Endpoint::parse("10.0.0.1:50000"), *Endpoint::parse("10.0.0.2:5000"), text);
    return wire.file();
  };
  hand_in("20260001", room("one"));
  hand_in("20260002", room("two"));
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(Captures, NothingInAFileStopsTheComparison) {
  const std::string file = tcp_file({.seed = 5});
  std::mt19937 random(1);
  for (int i = 0; i < 60; ++i) {
    std::string broken = file;
    for (int flips = 0; flips < 40; ++flips) broken[random() % broken.size()] = static_cast<char>(random());
    if (i % 2 == 0) std::copy_n(file.begin(), 24, broken.begin());  // still a capture
    broken.resize(random() % broken.size());
    hand_in("student" + std::to_string(i), broken);
  }
  works_.push_back({"nobody", folder_ / "nobody"});
  hand_in("empty", "");
  EXPECT_NO_THROW(found());
}

}  // namespace

}  // namespace echolab::copies

#include <gtest/gtest.h>

#include <algorithm>

#include "services/capture_agent/tcpdump.h"

namespace echo {
namespace {

TEST(TcpdumpText, ListeningGivesTypeAndSnaplen) {
  const auto listening =
      parse_listening("tcpdump: listening on br-lab, link-type EN10MB (Ethernet), snapshot length 2048 bytes");
  ASSERT_TRUE(listening);
  EXPECT_EQ(listening->link_type, "EN10MB");
  EXPECT_EQ(listening->snaplen, 2048u);
  EXPECT_FALSE(parse_listening("tcpdump: br-lab: No such device exists"));
}

TEST(TcpdumpText, CountersInOneLineAreRead) {
  const auto counters =
      parse_counters("20013 packets captured, 1 packet received by filter, 0 packets dropped by kernel");
  ASSERT_TRUE(counters);
  EXPECT_EQ(counters->captured, 20013u);
  EXPECT_EQ(counters->received, 1u);
  EXPECT_EQ(counters->dropped, 0u);
  EXPECT_EQ(counters->interface_dropped, 0u);
}

TEST(TcpdumpText, DropsByTheInterfaceAreRead) {
  const auto counters = parse_counters(
      "1 packet captured, 2 packets received by filter, 3 packets dropped by kernel, 4 packets dropped by "
      "interface");
  ASSERT_TRUE(counters);
  EXPECT_EQ(counters->dropped, 3u);
  EXPECT_EQ(counters->interface_dropped, 4u);
}

TEST(TcpdumpText, AnythingElseIsNoCounters) {
  for (const auto* line : {"", "packets captured", "12 packets captured",
                           "x packets captured, y packets received by "
                           "filter, z packets dropped by kernel"}) {
    EXPECT_FALSE(parse_counters(line)) << line;
  }
}

TEST(TcpdumpText, ArgumentsNameEverythingThatWasAsked) {
  const auto arguments =
      tcpdump_arguments({.interface = "-w", .snaplen = 96, .buffer_bytes = 65537, .immediate = true});
  const std::vector<std::string> expected{"tcpdump", "-n", "-U", "-Z", "root", "-w", "-",
                                          "-i",      "-w", "-s", "96", "-B",   "65", "--immediate-mode"};
  EXPECT_EQ(arguments, expected);
}

TEST(TcpdumpText, TheStandInGetsTheSameOptions) {
  const CaptureOptions options{.interface = "eth0", .snaplen = 96, .buffer_bytes = 65537, .immediate = true};
  auto expected = tcpdump_arguments(options);
  expected.front() = "capture-agent";
  expected.insert(expected.begin() + 1, "dump");
  EXPECT_EQ(dump_arguments(options), expected);
}

}  // namespace
}  // namespace echo

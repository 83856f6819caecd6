#include "lab/base/address.h"

#include <gtest/gtest.h>

namespace echolab {
namespace {

TEST(IpAddress, ReadsAndWritesBothFamilies) {
  for (const char* text : {"0.0.0.0", "198.18.0.2", "255.255.255.255", "::", "fd00::2", "fe80::1:2"}) {
    const auto address = IpAddress::parse(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->to_string(), text);
  }
  EXPECT_EQ(IpAddress::parse("FD00:0:0:0:0:0:0:2")->to_string(), "fd00::2");
}

TEST(IpAddress, RefusesWhatIsNone) {
  for (const char* text : {"", "1.2.3", "1.2.3.256", "01.2.3.4x", "fd00::2%eth0", "g::", " 1.2.3.4",
                           "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18.19.20"}) {
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  }
}

TEST(IpAddress, AddsAcrossByteBoundaries) {
  EXPECT_EQ(IpAddress::parse("198.18.0.255")->plus(1).to_string(), "198.18.1.0");
  EXPECT_EQ(IpAddress::parse("198.18.255.250")->plus(6).to_string(), "198.19.0.0");
  EXPECT_EQ(IpAddress::parse("fd00::ffff:ffff:ffff:ffff")->plus(1).to_string(), "fd00:0:0:1::");
  EXPECT_EQ(IpAddress::parse("10.0.0.1")->plus(0x01020304).to_string(), "11.2.3.5");
}

TEST(Endpoint, ReadsAndWritesBothFamilies) {
  for (const char* text : {"198.18.0.2:5000", "[fd00::2]:65535", "0.0.0.0:0"}) {
    const auto endpoint = Endpoint::parse(text);
    ASSERT_TRUE(endpoint) << text;
    EXPECT_EQ(endpoint->to_string(), text);
  }
  for (const char* text :
       {"", "198.18.0.2", "198.18.0.2:", "198.18.0.2:65536", "fd00::2:5000", "[198.18.0.2]:5", ":5"}) {
    EXPECT_FALSE(Endpoint::parse(text)) << text;
  }
}

TEST(Prefix, RefusesHostBitsAndWrongLengths) {
  EXPECT_TRUE(Prefix::parse("198.18.0.0/15"));
  EXPECT_TRUE(Prefix::parse("fd00::/8"));
  for (const char* text : {"198.18.0.1/24", "198.18.0.0/33", "198.18.0.0/-1", "198.18.0.0", "fd00::1/64", "/8"}) {
    EXPECT_FALSE(Prefix::parse(text)) << text;
  }
}

TEST(Prefix, KnowsWhatItContainsAndOverlaps) {
  const Prefix lab = *Prefix::parse("198.18.4.0/28");
  EXPECT_TRUE(lab.contains(*IpAddress::parse("198.18.4.15")));
  EXPECT_FALSE(lab.contains(*IpAddress::parse("198.18.4.16")));
  EXPECT_FALSE(lab.contains(*IpAddress::parse("fd00::1")));
  EXPECT_TRUE(lab.overlaps(*Prefix::parse("198.18.0.0/15")));
  EXPECT_TRUE(Prefix::parse("198.18.0.0/15")->overlaps(lab));
  EXPECT_FALSE(lab.overlaps(*Prefix::parse("198.18.4.16/28")));
  EXPECT_TRUE(Prefix::parse("0.0.0.0/0")->overlaps(lab));
  EXPECT_EQ(lab.usable_hosts(), 14u);
  EXPECT_EQ(Prefix::parse("198.18.0.0/32")->usable_hosts(), 0u);
  EXPECT_GT(Prefix::parse("fd00::/64")->usable_hosts(), 1u << 30);
}

}  // namespace
}  // namespace echolab

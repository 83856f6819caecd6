#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <cstring>

#include "services/common/bounded_queue.h"
#include "services/common/endpoint.h"
#include "services/common/hash.h"
#include "services/common/resolve.h"
#include "services/echo_client/pacing.h"
#include "services/echo_client/rtt_samples.h"

namespace echo {
namespace {

TEST(BoundedQueue, IsFirstInFirstOutAndRefusesWhenFull) {
  BoundedQueue<int> queue(4);
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(queue.try_push(i));
    EXPECT_FALSE(queue.try_push(4));
    for (int i = 0; i < 4; ++i) {
      ASSERT_NE(queue.front(), nullptr);
      EXPECT_EQ(*queue.front(), i);
      queue.pop();
    }
    EXPECT_EQ(queue.front(), nullptr);
  }
}

TEST(Endpoint, IsWrittenAsInTheDocument) {
  EXPECT_EQ(parse_address("198.18.0.2", 5000).value().to_string(), "198.18.0.2:5000");
  EXPECT_EQ(parse_address("fd00::2", 5000).value().to_string(), "[fd00::2]:5000");
  EXPECT_EQ(parse_address("::", 0).value().to_string(), "[::]:0");
  EXPECT_FALSE(parse_address("localhost", 1).has_value());
}

TEST(Endpoint, WritesAMappedAddressAsIpv4) {
  sockaddr_in6 in6{};
  in6.sin6_family = AF_INET6;
  in6.sin6_port = htons(7);
  ASSERT_EQ(::inet_pton(AF_INET6, "::ffff:198.18.0.2", &in6.sin6_addr), 1);
  sockaddr_storage name{};
  std::memcpy(&name, &in6, sizeof in6);
  EXPECT_EQ(Endpoint::from(name).to_string(), "198.18.0.2:7");
}

TEST(Hash, IsXxh3WithoutSeedAlsoOverPieces) {
  EXPECT_EQ(hash_of({}), 0x2d06800538d394c2U);  // XXH3_64bits of nothing
  std::vector<std::uint8_t> bytes(1000);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i);
  StreamHash hash;
  hash.update(std::span(bytes).first(1));
  hash.update(std::span(bytes).subspan(1));
  EXPECT_EQ(hash.digest(), hash_of(bytes));
}

TEST(Pacing, KeepsWindowAndIntervalWithoutBursts) {
  Pacing pacing(3, 2, 100);
  EXPECT_TRUE(pacing.window_allows(1));
  EXPECT_FALSE(pacing.window_allows(2));
  pacing.take(1000);
  EXPECT_EQ(pacing.due_ns(), 1100);  // a whole interval after the first
  pacing.take(1130);
  EXPECT_EQ(pacing.due_ns(), 1200);  // a little late: the turns stay where they were
  EXPECT_FALSE(pacing.all_taken());
  pacing.take(1900);
  EXPECT_EQ(pacing.due_ns(), 2000);  // turns that passed are lost, not sent in a burst
  EXPECT_TRUE(pacing.all_taken());
  EXPECT_FALSE(pacing.window_allows(0));
}

TEST(RttSamples, GivesNearestRanks) {
  RttSamples samples;
  EXPECT_EQ(samples.percentile(50), 0);
  for (std::int64_t rtt = 100; rtt >= 1; --rtt) samples.add(rtt);
  EXPECT_EQ(samples.min(), 1);
  EXPECT_EQ(samples.percentile(50), 50);
  EXPECT_EQ(samples.percentile(99), 99);
  EXPECT_EQ(samples.max(), 100);
}

TEST(RttSamples, IsBoundedAndKeepsTheExtremes) {
  RttSamples samples;
  for (std::int64_t rtt = 1; rtt <= 200'000; ++rtt) samples.add(rtt);
  EXPECT_EQ(samples.count(), 200'000U);
  EXPECT_EQ(samples.min(), 1);
  EXPECT_EQ(samples.max(), 200'000);
  EXPECT_NEAR(static_cast<double>(samples.percentile(50)), 100'000, 3'000);
}

}  // namespace
}  // namespace echo

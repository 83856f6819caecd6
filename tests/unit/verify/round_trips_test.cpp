#include "lab/verify/round_trips.h"

#include <gtest/gtest.h>

namespace echolab::verify {
namespace {

TEST(RoundTrips, NothingMeasuredIsZero) {
  const RoundTrips none;
  EXPECT_EQ(none.percentile(50), 0u);
  EXPECT_EQ(none.min(), 0u);
}

TEST(RoundTrips, PercentilesAreNearestRank) {
  RoundTrips times;
  for (std::uint64_t t = 100; t >= 1; --t) times.add(t * 10);
  EXPECT_EQ(times.min(), 10u);
  EXPECT_EQ(times.percentile(50), 500u);
  EXPECT_EQ(times.percentile(99), 990u);
  EXPECT_EQ(times.percentile(100), 1000u);
  EXPECT_EQ(times.max(), 1000u);
}

TEST(RoundTrips, ManySamplesStayWithinASixtyFourth) {
  RoundTrips times;
  for (std::uint64_t t = 1; t <= 300'000; ++t) times.add(t * 1000);
  EXPECT_NEAR(static_cast<double>(times.percentile(50)), 150e6, 150e6 / 64);
  EXPECT_NEAR(static_cast<double>(times.percentile(99)), 297e6, 297e6 / 64);
  EXPECT_EQ(times.max(), 300'000'000u);
  times.add(~std::uint64_t{0});
  EXPECT_EQ(times.max(), ~std::uint64_t{0});
}

}  // namespace
}  // namespace echolab::verify

#include "bench/core/statistics.h"

#include <gtest/gtest.h>

#include "bench/core/results.h"

namespace echolab::bench {
namespace {

TEST(Statistics, MedianOfAnOddAndOfAnEvenNumberOfValues) {
  EXPECT_EQ(median({9}), 9);
  EXPECT_EQ(median({9, 1, 5}), 5);
  EXPECT_EQ(median({9, 1, 5, 6}), 5.5);
}

TEST(Statistics, ASinglePairIsItsOwnInterval) {
  const double ours[] = {3}, peer[] = {2};
  const Interval ratio = ratio_of_pairs(ours, peer);
  EXPECT_EQ(ratio.median, 1.5);
  EXPECT_EQ(ratio.low, 1.5);
  EXPECT_EQ(ratio.high, 1.5);
}

// A machine that is slow for a while is slow for both of a pair: their ratio does not see it.
TEST(Statistics, RatiosAreTakenWithinPairs) {
  const double ours[] = {1, 10, 100, 2}, peer[] = {2, 20, 200, 4};
  const Interval ratio = ratio_of_pairs(ours, peer);
  EXPECT_EQ(ratio.median, 0.5);
  EXPECT_EQ(ratio.low, 0.5);
  EXPECT_EQ(ratio.high, 0.5);
}

TEST(Statistics, TheIntervalHoldsTheMedianAndStaysWithinTheValues) {
  const double values[] = {1, 1.1, 1.2, 1.3, 1.4, 1.5, 9};
  const Interval interval = interval_of_median(values);
  EXPECT_EQ(interval.median, 1.3);
  EXPECT_GE(interval.low, 1);
  EXPECT_LT(interval.low, interval.median);
  EXPECT_GT(interval.high, interval.median);
  EXPECT_LE(interval.high, 9);
}

TEST(Statistics, EqualInputGivesEqualIntervals) {
  const double values[] = {3, 1, 4, 1, 5, 9, 2, 6};
  const Interval first = interval_of_median(values), second = interval_of_median(values);
  EXPECT_EQ(first.low, second.low);
  EXPECT_EQ(first.high, second.high);
}

TEST(Goals, AreBoundsThatMayBeReachedExactly) {
  const Goal most{"name", Goal::Bound::at_most, 0.5}, least{"name", Goal::Bound::at_least, 2};
  EXPECT_TRUE(most.is_met_by(0.5));
  EXPECT_FALSE(most.is_met_by(0.51));
  EXPECT_TRUE(least.is_met_by(2));
  EXPECT_FALSE(least.is_met_by(1.99));
  EXPECT_FALSE((Row{.compared = {0.4, 0.3, 0.6}, .goal = most}).is_short());
  EXPECT_TRUE((Row{.compared = {0.6, 0.4, 0.7}, .goal = most}).is_short());
}

TEST(Goals, AnUnknownNameIsABug) {
  EXPECT_DEATH(goal("no/such"), "no goal is called no/such");
}

}  // namespace
}  // namespace echolab::bench

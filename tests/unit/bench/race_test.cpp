#include "bench/core/race.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "bench/core/results.h"
#include "lab/base/error.h"

namespace echolab::bench {
namespace {

Contestant noted(const std::string& name, std::string& turns) {
  return {name, [name, &turns] {
            turns += name;
            return Sample{{{"turn", static_cast<double>(turns.size())}}, 0.5, turns.size()};
          }};
}

TEST(Race, ContestantsTakeTurnsForthAndBack) {
  std::string turns;
  const auto all = race("test", {noted("a", turns), noted("b", turns), noted("c", turns)}, {0, 3});
  EXPECT_EQ(turns, "abccbaabc");
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].name, "a");
  EXPECT_EQ(all[0].values("turn"), (std::vector<double>{1, 6, 7}));
  EXPECT_EQ(all[2].values("turn"), (std::vector<double>{3, 4, 9}));
}

TEST(Race, WarmUpsAreThrownAway) {
  std::string turns;
  const auto all = race("test", {noted("a", turns), noted("b", turns)}, {1, 2});
  EXPECT_EQ(turns, "baabba");
  EXPECT_EQ(all[0].values("turn"), (std::vector<double>{3, 6}));
  EXPECT_EQ(all[0].median_cpu_seconds(), 0.5);
  EXPECT_EQ(all[0].peak_bytes(), 6U);
}

Contestant failing(const std::string& name, std::string& turns, int failures) {
  return {name, [name, &turns, left = std::make_shared<int>(failures)] {
            if ((*left)-- > 0) throw EnvironmentError("run " + name, "it fell", "");
            turns += name;
            return Sample{{{"turn", static_cast<double>(turns.size())}}, 0, 0};
          }};
}

TEST(Race, ARoundInWhichSomebodyFailedCountsForNobody) {
  std::string turns;
  const auto all = race("test", {noted("a", turns), failing("b", turns, 1)}, {0, 2});
  EXPECT_EQ(turns, "aabba");
  EXPECT_EQ(all[0].values("turn"), (std::vector<double>{2, 5}));
  EXPECT_EQ(all[1].values("turn"), (std::vector<double>{3, 4}));
  const auto repeated = take_repeated_rounds();
  ASSERT_EQ(repeated.size(), 1U);
  EXPECT_EQ(repeated[0], "test: a round was repeated, since b failed: it fell");
  EXPECT_TRUE(take_repeated_rounds().empty());
}

TEST(Race, GivesUpOnAContestantThatFailsAgainAndAgain) {
  std::string turns;
  EXPECT_THROW(race("test", {failing("a", turns, 100)}, {0, 2}), EnvironmentError);
  EXPECT_EQ(take_repeated_rounds().size(), 3U);
}

TEST(Race, RowsCompareOursWithAPeer) {
  const Series ours{"echolab", {{{{"up", 2}}, 1, 10}, {{{"up", 4}}, 3, 30}}};
  const Series peer{"peer", {{{{"up", 4}}, 5, 50}, {{{"up", 8}}, 7, 40}}};
  const Row row = compare("a lab", "up", ours, peer);
  EXPECT_EQ(row.ours, 3);
  EXPECT_EQ(row.theirs, 6);
  EXPECT_EQ(row.peer, "peer");
  EXPECT_EQ(row.pairs, 2);
  EXPECT_EQ(row.compared.median, 0.5);
  EXPECT_EQ(row.our_cpu_seconds, 2);
  EXPECT_EQ(row.their_peak_bytes, 50U);
  EXPECT_EQ(state("a lab", "up", ours).compared.median, 3);
}

}  // namespace
}  // namespace echolab::bench

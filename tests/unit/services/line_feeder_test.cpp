#include "services/supervisor/line_feeder.h"

#include <gtest/gtest.h>

namespace echo {
namespace {

using namespace std::chrono_literals;

class Feeding : public testing::Test {
 protected:
  static constexpr LineFeeder::Pace pace{100ms, 3s};
  LineFeeder::Clock::time_point at(std::chrono::milliseconds time) const { return start_ + time; }
  void SetUp() override { feeder_.started(start_); }

  const LineFeeder::Clock::time_point start_{};
  LineFeeder feeder_{{"안녕", "again"}, pace};
};

TEST_F(Feeding, APromptThatRestsAsksForTheNextLine) {
  EXPECT_FALSE(feeder_.is_due(at(1s), true));
  feeder_.took_output("local 0.0.0.0:1\n> ", at(1s));
  EXPECT_EQ(feeder_.wake_at(at(1s)), at(1020ms));
  EXPECT_FALSE(feeder_.is_due(at(1019ms), true));
  EXPECT_TRUE(feeder_.is_due(at(1020ms), true));
  EXPECT_EQ(feeder_.take_next(at(1020ms), true), "안녕\n");
  EXPECT_EQ(feeder_.number(), 1u);
}

TEST_F(Feeding, WholeLinesMustRestLonger) {
  feeder_.took_output("ready\n", at(0ms));
  EXPECT_FALSE(feeder_.is_due(at(99ms), true));
  EXPECT_TRUE(feeder_.is_due(at(100ms), true));
}

TEST_F(Feeding, TheEchoOfALineIsNoAnswer) {
  feeder_.take_next(at(0ms), true);
  feeder_.took_output("안", at(1ms));
  feeder_.took_output("녕\n", at(2ms));
  EXPECT_FALSE(feeder_.is_due(at(2s), true));
  feeder_.took_output("> ", at(2100ms));
  EXPECT_TRUE(feeder_.is_due(at(2120ms), true));
}

TEST_F(Feeding, EchoAndAnswerMayComeTogether) {
  feeder_.take_next(at(0ms), true);
  feeder_.took_output("안녕\n1.2.3.4:5 -> 안녕\n> ", at(1ms));
  EXPECT_TRUE(feeder_.is_due(at(21ms), true));
}

TEST_F(Feeding, WithoutEchoEverythingIsAnAnswer) {
  feeder_.take_next(at(0ms), false);
  feeder_.took_output("> ", at(1ms));
  EXPECT_TRUE(feeder_.is_due(at(21ms), true));
}

TEST_F(Feeding, NothingIsTypedAheadOfWhatWasRead) {
  feeder_.take_next(at(0ms), false);
  feeder_.took_output("busy…", at(1ms));
  EXPECT_FALSE(feeder_.is_due(at(1s), false));
  EXPECT_EQ(feeder_.wake_at(at(1s)), at(1010ms));
  EXPECT_TRUE(feeder_.is_due(at(1s), true));
}

TEST_F(Feeding, AClientThatSaysNothingIsFedAllTheSame) {
  EXPECT_EQ(feeder_.wake_at(at(0ms)), at(3s));
  EXPECT_FALSE(feeder_.is_due(at(2999ms), false));
  EXPECT_TRUE(feeder_.is_due(at(3s), false));
}

TEST_F(Feeding, AnEmptyLineEndsIt) {
  feeder_.take_next(at(0ms), false);
  EXPECT_EQ(feeder_.take_next(at(1ms), false), "again\n");
  EXPECT_FALSE(feeder_.done());
  EXPECT_EQ(feeder_.take_next(at(2ms), false), "\n");
  EXPECT_TRUE(feeder_.done());
  EXPECT_FALSE(feeder_.is_due(at(1h), true));
  EXPECT_EQ(feeder_.wake_at(at(3ms)), std::nullopt);
}

TEST(LineFeeder, WaitsForTheStart) {
  LineFeeder feeder({}, {100ms, 3s});
  EXPECT_EQ(feeder.wake_at({}), std::nullopt);
  EXPECT_FALSE(feeder.is_due(LineFeeder::Clock::time_point(1h), true));
}

}  // namespace
}  // namespace echo

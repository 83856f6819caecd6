#include "services/common/duration.h"

#include <gtest/gtest.h>

namespace echo {
namespace {

using namespace std::chrono_literals;

TEST(Duration, ReadsEveryUnit) {
  EXPECT_EQ(parse_duration("250us"), 250us);
  EXPECT_EQ(parse_duration("100ms"), 100ms);
  EXPECT_EQ(parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(parse_duration("2m"), 2min);
  EXPECT_EQ(parse_duration("7ns"), 7ns);
  EXPECT_EQ(parse_duration("0"), 0ns);
}

TEST(Duration, RefusesEverythingElse) {
  for (const char* text : {"", "5", "s", "-1s", "1 s", "1h", "1e3s", "inf", "nan", "1ss", "99999999999999m"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Duration, IsDescribedWithThreeDigits) {
  EXPECT_EQ(describe_duration(14'400ns), "14.4 us");
  EXPECT_EQ(describe_duration(2s), "2 s");
  EXPECT_EQ(describe_duration(1'234'567ns), "1.23 ms");
  EXPECT_EQ(describe_duration(0ns), "0 ns");
}

}  // namespace
}  // namespace echo

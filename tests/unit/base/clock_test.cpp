#include "lab/base/clock.h"

#include <gtest/gtest.h>

namespace echolab {
namespace {

using namespace std::chrono_literals;

TEST(Duration, ReadsWhatScenariosWrite) {
  EXPECT_EQ(parse_duration("250us"), 250us);
  EXPECT_EQ(parse_duration("100ms"), 100ms);
  EXPECT_EQ(parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(parse_duration("2m"), 2min);
  EXPECT_EQ(parse_duration("0s"), 0s);
  for (const char* text : {"", "5", "s", "-1s", "1 s", "1sec", "1e3s", "inf s", "nan", "infs", "99999999999999h"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Duration, WritesTheShortestExactForm) {
  EXPECT_EQ(format_duration(0s), "0s");
  EXPECT_EQ(format_duration(1500ms), "1500ms");
  EXPECT_EQ(format_duration(120s), "120s");
  EXPECT_EQ(format_duration(7ns), "7ns");
  for (const Nanoseconds duration : {Nanoseconds(1), Nanoseconds(250us), Nanoseconds(2h)}) {
    EXPECT_EQ(parse_duration(format_duration(duration)), duration);
  }
}

TEST(Duration, IsReadableForPeople) {
  EXPECT_EQ(humanize_duration(999ns), "999 ns");
  EXPECT_EQ(humanize_duration(210us), "210 µs");
  EXPECT_EQ(humanize_duration(1230us), "1.23 ms");
  EXPECT_EQ(humanize_duration(12300ms), "12.3 s");
}

TEST(Deadline, RoundsWhatIsLeftUp) {
  const Monotonic start{};
  const Deadline deadline(start + 1500us);
  EXPECT_EQ(deadline.left(start), 2ms);
  EXPECT_EQ(deadline.left(start + 1500us), 0ms);
  EXPECT_FALSE(deadline.passed(start + 1499us));
  EXPECT_TRUE(deadline.passed(start + 1500us));
}

TEST(WallTimeText, IsRfc3339) {
  EXPECT_EQ(format_rfc3339(WallTime(std::chrono::milliseconds(1'795'385'730'123))), "2026-11-22T22:15:30.123Z");
  EXPECT_EQ(format_rfc3339(WallTime{}), "1970-01-01T00:00:00.000Z");
}

}  // namespace
}  // namespace echolab

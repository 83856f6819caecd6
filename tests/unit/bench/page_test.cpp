#include "bench/core/page.h"

#include <gmock/gmock.h>

#include "lab/base/json.h"

namespace echolab::bench {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Section section() {
  Row beside{.what = "50 containers", .figure = "up", .ours = 6.123, .peer = "the daemon | alone", .theirs = 5.5};
  beside.compared = {1.113, 1.05, 1.2};
  beside.pairs = 15;
  beside.our_cpu_seconds = 8;
  beside.their_peak_bytes = 2 << 20;
  beside.goal = Goal{"start/docker/floor", Goal::Bound::at_most, 1.1};
  return {"start", "How it was measured.", {beside, fact("short runs", "packets sent", 22'000)}, {"mn is missing"}};
}

Machine machine() {
  return {"a processor", 2, std::uint64_t{4} << 30, "Linux 6.1", "2026-11-26", {{"echolab", "0.1.0"}}};
}

TEST(Page, HasARowForEachFigureWithRatioIntervalAndVerdict) {
  const std::string page = page_of({section()}, machine());
  EXPECT_THAT(page, HasSubstr("a processor, 2 cores, 4.0 GiB, Linux 6.1"));
  EXPECT_THAT(page, HasSubstr("## start\nHow it was measured.\n"));
  EXPECT_THAT(page, HasSubstr("| 50 containers | up | 6.12 | 5.50 | the daemon \\| alone | 1.113 (1.050 to 1.200) "));
  EXPECT_THAT(page, HasSubstr("| 15 | at most 1.10 | short |"));
  EXPECT_THAT(page, HasSubstr("| short runs | packets sent | 22,000 |"));
  EXPECT_THAT(page, HasSubstr("* mn is missing\n"));
}

TEST(Page, JsonHasTheRawNumbers) {
  const auto json = json_of({section()}, machine());
  EXPECT_EQ(json["schema"], "echolab.bench/v1");
  const auto& rows = json["benchmarks"][0]["rows"];
  EXPECT_EQ(rows[0]["ratio"]["median"], 1.113);
  EXPECT_EQ(rows[0]["pairs"], 15);
  EXPECT_EQ(rows[0]["goal"]["met"], false);
  EXPECT_EQ(rows[0]["peer"]["peak_bytes"], 2 << 20);
  EXPECT_FALSE(rows[1].contains("peer"));
  EXPECT_FALSE(rows[1].contains("goal"));
}

TEST(Page, TheTerminalsTableSaysWhatIsMissing) {
  const std::string table = table_of(section(), {});
  EXPECT_THAT(table, HasSubstr("How it was measured."));
  EXPECT_THAT(table, HasSubstr("note: mn is missing\n"));
  EXPECT_THAT(table, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace echolab::bench

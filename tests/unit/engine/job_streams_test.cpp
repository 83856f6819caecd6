// What a job writes is kept within bounds, and its event lines are told from the rest.

#include "lab/engine/job_streams.h"

#include <gtest/gtest.h>

namespace echolab::engine {
namespace {

JobResult result_of(JobStreams& streams) {
  JobResult result;
  streams.move_into(result);
  return result;
}

TEST(JobStreams, EventLinesAreWholeLinesOfStandardError) {
  JobStreams streams(100);
  streams.take_errors("compiling\n{\"v\":1,\"eve");
  streams.take_errors("nt\":\"ready\"}\nnot {\"v\":1}\n{\"v\":1,\"event\":\"cut off");
  const JobResult result = result_of(streams);
  EXPECT_EQ(result.events, "{\"v\":1,\"event\":\"ready\"}\n");
  EXPECT_EQ(result.errors, "compiling\nnot {\"v\":1}\n{\"v\":1,\"event\":\"cut off");
}

TEST(JobStreams, OutputIsBinaryAndEndsAtItsLimit) {
  JobStreams streams(5);
  streams.take_output(std::string_view("\0\xff\n", 3));
  EXPECT_FALSE(streams.too_much_output());
  streams.take_output("ab");
  EXPECT_FALSE(streams.too_much_output());
  streams.take_output("c");
  EXPECT_TRUE(streams.too_much_output());
  const JobResult result = result_of(streams);
  EXPECT_EQ(result.output, std::string("\0\xff\nab", 5));
  EXPECT_TRUE(result.too_much_output);
  EXPECT_EQ(result.exit.stdout_cut, 1u);
}

TEST(JobStreams, OfALongTextTheBeginningAndTheEndAreKept) {
  JobStreams streams(0);
  constexpr std::size_t lines = 1'000'000;
  streams.take_errors("the first line\n");
  for (std::size_t i = 0; i < lines; ++i) streams.take_errors("0123456789\n");
  streams.take_errors("the last line\n");
  const JobResult result = result_of(streams);
  EXPECT_TRUE(result.errors.starts_with("the first line\n"));
  EXPECT_TRUE(result.errors.ends_with("the last line\n"));
  EXPECT_LT(result.errors.size(), 300'000u);
  const std::size_t kept = (256u << 10) + (16u << 10);
  EXPECT_EQ(result.exit.stderr_cut, 15 + 11 * lines + 14 - kept);
  EXPECT_NE(result.errors.find("[echolab: " + std::to_string(result.exit.stderr_cut) + " bytes left out here]"),
            std::string::npos);
}

TEST(JobStreams, ATextThatJustFitsIsWhole) {
  BoundedText text;
  text.append(std::string(256u << 10, 'a'));
  text.append(std::string(16u << 10, 'b'));
  EXPECT_EQ(text.cut(), 0u);
  EXPECT_EQ(text.take(), std::string(256u << 10, 'a') + std::string(16u << 10, 'b'));
}

TEST(JobStreams, AFloodWithoutLineEndsIsNoEventAndNotKept) {
  JobStreams streams(0);
  const std::string piece(1u << 16, '{');
  for (int i = 0; i < 200; ++i) streams.take_errors(piece);
  const JobResult result = result_of(streams);
  EXPECT_TRUE(result.events.empty());
  EXPECT_LT(result.errors.size(), 300'000u);
}

TEST(JobStreams, TooManyEventsAreCutAtALine) {
  JobStreams streams(0);
  const std::string event = "{\"v\":1,\"event\":\"line\"}\n";
  for (int i = 0; i < 100'000; ++i) streams.take_errors(event);
  const JobResult result = result_of(streams);
  EXPECT_EQ(result.events.size() % event.size(), 0u);
  EXPECT_LE(result.events.size(), 1u << 20);
  EXPECT_EQ(result.events.size() + result.exit.events_cut, 100'000 * event.size());
}

}  // namespace
}  // namespace echolab::engine

// Streams of programs, served by one loop.

#include "lab/engine/local/event_loop.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <optional>

#include "lab/engine/local/output_pipe.h"

namespace echolab::engine::local {
namespace {

using namespace std::chrono_literals;

TEST(OutputPipe, GivesEverythingThenItsEndOnce) {
  EventLoop loop;
  std::string got;
  int ends = 0;
  OutputPipe pipe(
      loop, [&got](std::string_view bytes) { got += bytes; }, [&ends] { ++ends; });
  ASSERT_EQ(::write(pipe.writing_end(), "a\0b", 3), 3);
  pipe.release_writing_end();
  while (!pipe.ended()) loop.wait(10s);
  EXPECT_EQ(got, std::string("a\0b", 3));
  EXPECT_EQ(ends, 1);
  loop.wait(0ms);
  EXPECT_EQ(ends, 1);
}

TEST(EventLoop, ACallbackMayRemoveItselfAndOthers) {
  EventLoop loop;
  std::optional<OutputPipe> first, second;
  int calls = 0;
  const auto remove_both = [&](std::string_view) {
    ++calls;
    for (auto* const pipe : {&*first, &*second}) pipe->release_writing_end();
  };
  first.emplace(loop, remove_both, [] {});
  second.emplace(loop, remove_both, [] {});
  ASSERT_EQ(::write(first->writing_end(), "x", 1), 1);
  ASSERT_EQ(::write(second->writing_end(), "x", 1), 1);
  while (!first->ended() || !second->ended()) loop.wait(10s);
  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace echolab::engine::local

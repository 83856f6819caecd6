#pragma once
// What a job writes, kept in memory within bounds and taken apart as a node's streams are (docs/run-folder.md).

#include <cstdint>
#include <string>
#include <string_view>

#include "lab/engine/engine.h"

namespace echolab::engine {

// Text of which the beginning and the end are kept.
class BoundedText {
 public:
  void append(std::string_view bytes);
  std::uint64_t cut() const;  // bytes that are neither in the beginning nor in the end
  std::string take();         // with a line that says how much was left out

 private:
  std::string beginning_, end_;
  std::uint64_t over_ = 0;  // bytes that came after the beginning was full
};

class JobStreams {
 public:
  explicit JobStreams(std::uint64_t most_output) : most_output_(most_output) {}

  void take_output(std::string_view bytes);
  void take_errors(std::string_view bytes);
  bool too_much_output() const { return output_cut_ > 0; }
  // Once, after the last byte.
  void move_into(JobResult& result);

 private:
  void take_line(std::string_view line);  // with its newline, if it has one

  const std::uint64_t most_output_;
  std::string output_, events_;
  BoundedText errors_;
  std::string partial_;  // of standard error: a line whose end has not come yet
  std::uint64_t output_cut_ = 0, events_cut_ = 0;
};

}  // namespace echolab::engine

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace echo {

// What build steps print, on its way to a standard error that also carries our event lines. A line that begins with {
// gets a space before it, so that none can be taken for an event (docs/events.md: those begin with {"v":1). Of more than
// `limit` bytes the beginning and the end are kept, each half of it, with a line between them that says how much is gone.
class StepOutput {
 public:
  StepOutput(int fd, std::size_t limit);  // borrows fd

  void append(std::string_view bytes);
  // The end that was kept back, and a line end if there is none: event lines may follow.
  void finish();

 private:
  void write_lines(std::string_view bytes);

  int fd_;
  std::size_t half_, passed_ = 0;
  std::uint64_t over_ = 0;  // bytes beyond the first half
  std::string tail_;        // the end of those, at most twice the half
  bool at_line_start_ = true;
};

}  // namespace echo

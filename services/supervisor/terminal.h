#pragma once
// What the supervised program sees as its terminal.

#include <cstddef>
#include <string_view>

#include "services/common/unique_fd.h"

namespace echo {

// A pseudo-terminal of 80 columns and 24 rows, so that C and Python write each line when it is complete. It passes bytes
// on as they are: no line editing (lines may be longer than the 4,096 bytes of termios(3), and ^C is a byte like any
// other), no carriage returns added. Where there is no /dev/ptmx, two pipes, which
// never echo.
class Terminal {
 public:
  explicit Terminal(bool echoes);  // whether what is typed also appears in the output; throws Failure
  static Terminal pipes();

  // The program's side: standard input, and standard output and error.
  int program_input() const { return program_input_.get(); }
  int program_output() const { return program_output_ ? program_output_.get() : program_input_.get(); }

  // Ours; non-blocking.
  int input_fd() const { return input_ ? input_.get() : output_.get(); }
  int output_fd() const { return output_.get(); }
  // Types the beginning of `text`: returns its size. 0 when nothing fits now; throws Failure when nobody will read it.
  std::size_t type(std::string_view text) const;
  // Whether what is typed now will appear in the output by itself; a program can switch that off.
  bool echoing() const;
  // Whether the program has read all that was typed.
  bool input_read() const;
  // The program's side, closed here: then the end of its last process is the end of the pipes. (A pseudo-terminal stays
  // open: its input is looked at from that side, and it never loses output to a hang-up.)
  void started();

 private:
  Terminal() = default;
  bool open_pseudo_terminal(bool echoes);
  void open_pipes();

  bool is_terminal_ = false;
  UniqueFd input_, output_;                  // input_ only with pipes
  UniqueFd program_input_, program_output_;  // program_output_ only with pipes
};

}  // namespace echo

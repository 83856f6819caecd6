#pragma once
// Starting what nobody trusts.

#include <sys/types.h>

#include <string>
#include <vector>

namespace echo {

// It could not be executed: "server.py: No such file or directory".
class NotExecutable {
 public:
  NotExecutable(const std::string& file, int error_number);
  const std::string& text() const { return text_; }
  int exit_status() const { return exit_status_; }  // as a shell's: 126, or 127 when there is no such file

 private:
  std::string text_;
  int exit_status_;
};

struct Streams {
  int input, output, error;
};

// Starts `argv` in the folder `work`, in a process group of its own, with these streams and no other descriptor. It
// gets our environment, and in it what makes programs behave alike everywhere: docs/services.md. Throws NotExecutable
// and Failure.
pid_t start_program(const std::vector<std::string>& argv, const std::string& work, const Streams& streams);

}  // namespace echo

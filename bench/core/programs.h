#pragma once
// Programs that are run from outside: measured by the kernel, watched, or asked what they print.

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lab/base/file.h"

namespace echolab::bench {

using CommandLine = std::vector<std::string>;

struct MeasuredRun {
  double seconds = 0;      // wall clock, from start to end
  double cpu_seconds = 0;  // user and system, with the children it waited for
  std::uint64_t peak_bytes = 0;
  int exit_status = 0;  // 128 and the signal's number when one ended it
};

// A program that runs beside us; killed with the object. What it prints on one of its streams is read, the other one
// and its standard input are /dev/null.
class Program {
 public:
  enum class Read : std::uint8_t { output, errors };

  Program(const CommandLine& command, Read read);  // throws EnvironmentError when it can't be started
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

  // Reads on until it has printed `text`. False when it closed the stream before.
  bool wait_for(std::string_view text);
  // Sends `signal` (0: none), reads until the stream is closed, and waits for the end.
  MeasuredRun end(int signal = 0);
  const std::string& said() const { return said_; }  // so far, at most 1 MiB
  pid_t pid() const { return pid_; }

 private:
  bool read_on();

  pid_t pid_ = -1;
  UniqueFd stream_;
  std::string said_;
  double begin_ = 0;  // seconds, monotonic
};

// Standard output and error go to /dev/null.
MeasuredRun run_measured(const CommandLine& command);
std::string output_of(const CommandLine& command);  // standard output; "" when it can't be started
bool is_installed(const std::string& program);      // in PATH
double monotonic_seconds();

}  // namespace echolab::bench

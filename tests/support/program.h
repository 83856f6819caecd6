#pragma once
// Programs that tests start: real processes, ended by their own id whatever happens.

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lab/base/file.h"

namespace echolab::test {

// How a process ended: the exit code, or 128 + the signal's number, as shells say it.
struct Finished {
  int status = -1;
  std::string out, err;
};

struct Command {
  std::vector<std::string> argv = {};                   // argv[0] is looked up in PATH
  std::map<std::string, std::string> environment = {};  // added to ours
  std::filesystem::path folder = {};                    // empty: ours
  bool keep_stdin_open = false;                         // otherwise standard input is empty
};

class Program {
 public:
  explicit Program(const Command& command);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();  // kills it when it still runs

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  void write_stdin(std::string_view text);
  void close_stdin() { stdin_.reset(); }

  // Collects output until the predicate holds; false when the process ended its output or the time is over first.
  using Predicate = std::function<bool(const std::string& out, const std::string& err)>;
  bool wait_until(const Predicate& predicate, std::chrono::seconds limit = std::chrono::seconds(60));
  bool wait_for_text(const std::string& text, std::chrono::seconds limit = std::chrono::seconds(60));
  // Collects the rest and waits for the end; kills it and throws when the time is over.
  Finished wait(std::chrono::seconds limit = std::chrono::seconds(120));

  const std::string& out() const { return out_; }
  const std::string& err() const { return err_; }

 private:
  bool collect(std::chrono::steady_clock::time_point until);  // false when both streams ended or time is over

  pid_t pid_ = -1;
  bool running_ = false;
  int status_ = -1;
  UniqueFd stdin_, stdout_, stderr_;
  std::string out_, err_;
};

// Runs to the end.
Finished run_program(const Command& command, std::chrono::seconds limit = std::chrono::seconds(120));
// Whether a program is in PATH.
bool has_program(const std::string& name);

}  // namespace echolab::test

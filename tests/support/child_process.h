#pragma once
<<<<<<< HEAD
// Programs that tests start: real processes, ended by their own id whatever happens.
=======
// A program started by a test: its input and output are pipes, and it is killed, by its id, when the object goes.
>>>>>>> services

#include <sys/types.h>

#include <chrono>
<<<<<<< HEAD
#include <filesystem>
#include <functional>
#include <map>
=======
#include <optional>
>>>>>>> services
#include <string>
#include <string_view>
#include <vector>

<<<<<<< HEAD
#include "lab/base/file.h"

namespace echolab::support {

// How a process ended: the exit code, or 128 + the signal's number, as shells say it.
struct Finished {
  int status = -1;
  std::string out, err;
};

struct Command {
  std::vector<std::string> argv = {};              // argv[0] is looked up in PATH
  std::map<std::string, std::string> environment = {};  // added to ours
  std::filesystem::path folder = {};               // empty: ours
  bool keep_stdin_open = false;                    // otherwise standard input is empty
};

class ChildProcess {
 public:
  explicit ChildProcess(const Command& command);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();  // kills it when it still runs

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

}  // namespace echolab::support
=======
namespace echolab::test {

class ChildProcess {
 public:
  struct Options {
    // Leaves standard output unread until wait(): then a test decides when the reader is slow.
    bool read_output = true;
    std::optional<unsigned long> max_descriptors;  // RLIMIT_NOFILE, soft and hard
  };

  // argv[0] is the program's path. Throws std::system_error when it can't be started.
  explicit ChildProcess(std::vector<std::string> argv) : ChildProcess(std::move(argv), Options{}) {}
  ChildProcess(std::vector<std::string> argv, Options options);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  void write_input(std::string_view text);
  void close_input();
  void close_output();  // the reader goes away

  // Reads both streams until standard error (or standard output) holds a whole line that contains `part`, from where the
  // last such search ended, and returns the line. Throws std::runtime_error, with all output so far, when the program
  // ends or the limit passes before.
  std::string wait_for_error_line(std::string_view part, std::chrono::seconds limit = std::chrono::seconds(20));
  std::string wait_for_output_line(std::string_view part, std::chrono::seconds limit = std::chrono::seconds(20));

  // Reads until both streams end and the program has ended. Exit status, or 128 + signal.
  int wait(std::chrono::seconds limit = std::chrono::seconds(60));
  const std::string& output() const { return output_; }
  const std::string& error() const { return error_; }

 private:
  using Clock = std::chrono::steady_clock;

  bool read_some(Clock::time_point until);  // false when nothing more can come or time is over
  std::string wait_for_line(const std::string& text, std::size_t& from, std::string_view part,
                            std::chrono::seconds limit);
  [[noreturn]] void give_up(const std::string& what) const;
  void reap();

  pid_t pid_ = -1;
  int input_ = -1, output_fd_ = -1, error_fd_ = -1;
  bool read_output_ = true;
  std::string name_, output_, error_;
  std::size_t output_from_ = 0, error_from_ = 0;
  std::optional<int> status_;
};

}  // namespace echolab::test
>>>>>>> services

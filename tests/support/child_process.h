#pragma once
// A program started by a test: its input and output are pipes, and it is killed, by its id, when the object goes.

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

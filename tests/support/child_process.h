#pragma once
// A program started by a test: its input and output are pipes, and it is killed, by its id, when the object goes.
// Includes nothing of lab/ or services/: the tests of both use it.

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace echolab::test {

struct Command {
  std::vector<std::string> argv = {};                   // argv[0] without a slash is looked up in PATH
  std::map<std::string, std::string> environment = {};  // added to ours
  std::filesystem::path folder = {};                    // empty: ours
  // Leaves standard output unread until wait(): then a test decides when the reader is slow.
  bool read_output = true;
  std::optional<unsigned long> max_descriptors = {};  // RLIMIT_NOFILE, soft and hard
};

class ChildProcess {
 public:
  // Throws std::system_error when it can't be started.
  explicit ChildProcess(Command command);
  explicit ChildProcess(std::vector<std::string> argv) : ChildProcess(Command{.argv = std::move(argv)}) {}
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  void write_input(std::string_view text);
  void close_input();
  void close_output();  // the reader goes away

  // Each reads both streams until what it waits for is there. Throws std::runtime_error, with all output so far, when
  // the program ends its streams or the limit passes before.
  //
  // A whole line of standard error (or output) that contains `part`, from where the last such search ended.
  std::string wait_for_error_line(std::string_view part, std::chrono::seconds limit = std::chrono::seconds(60));
  std::string wait_for_output_line(std::string_view part, std::chrono::seconds limit = std::chrono::seconds(60));
  // What the predicate says of all output so far.
  using Predicate = std::function<bool(const std::string& output, const std::string& error)>;
  void wait_until(const Predicate& predicate, std::chrono::seconds limit = std::chrono::seconds(60));
  // The same, or the end of another program, whichever comes first; true when the predicate holds.
  bool wait_until_or_end_of(const ChildProcess& other, const Predicate& predicate,
                            std::chrono::seconds limit = std::chrono::seconds(60));
  // The end of both streams and of the program, whose input ends first. Exit status, or 128 + signal.
  int wait(std::chrono::seconds limit = std::chrono::seconds(120));

  const std::string& output() const { return output_; }
  const std::string& error() const { return error_; }

 private:
  using Clock = std::chrono::steady_clock;

  // False when nothing more can come or time is over. `watched`: a further descriptor that may end the wait.
  bool read_some(Clock::time_point until, int watched = -1);
  std::string wait_for_line(const std::string& text, std::size_t& from, std::string_view part,
                            std::chrono::seconds limit);
  [[noreturn]] void give_up(const std::string& what) const;
  void end();

  pid_t pid_ = -1;
  int input_ = -1, output_fd_ = -1, error_fd_ = -1;
  bool read_output_ = true;
  std::string name_, output_, error_;
  std::size_t output_from_ = 0, error_from_ = 0;
  std::optional<int> status_;
};

// How a program ended: its exit status, or 128 + signal.
struct Finished {
  int status = -1;
  std::string out, err;
};

// Runs to the end, with empty input.
Finished run_program(const Command& command, std::chrono::seconds limit = std::chrono::seconds(120));
// Whether a program is in PATH.
bool has_program(const std::string& name);

}  // namespace echolab::test

#pragma once
// A server under test: a program whose two outputs are read away at once, as a lab's engine does.

#include <sys/types.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "bench/core/programs.h"
#include "lab/base/file.h"

namespace echolab::bench {

class ServerProcess {
 public:
  explicit ServerProcess(const CommandLine& command);  // throws EnvironmentError when it can't be started
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  ~ServerProcess();

  // Until it has printed `text` on either stream; false when it ended before, or after five seconds.
  bool wait_for(std::string_view text);
  // Only its first thread: others, such as one that writes logs, run where the kernel puts them.
  void keep_first_thread_on(int processor) const;
  MeasuredRun stop();  // by SIGTERM; what the kernel says it used
  // The last that it printed on standard error, when it has ended.
  const std::string& last_words() const { return tail_; }

 private:
  void read_away();

  pid_t pid_ = -1;
  double begin_ = 0;
  UniqueFd output_, errors_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string head_, tail_;  // of both streams; of standard error
  bool ended_ = false;
  std::thread reader_;
};

}  // namespace echolab::bench

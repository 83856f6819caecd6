#pragma once
// The process that grades one student: what it breaks on a hostile file breaks nobody else's grading.

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "lab/base/file.h"

namespace echolab::grade {

class WorkerProcess {
 public:
  // Runs argv (argv[0] is a path) with the channel as descriptor 3 and both output streams in `log`. It is in a process
  // group of its own, so that Ctrl-C reaches only us, and is asked to end (SIGTERM) when we die. Throws
  // EnvironmentError.
  WorkerProcess(const std::vector<std::string>& argv, const std::filesystem::path& log);
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;
  ~WorkerProcess();  // kills and reaps it when it still runs

  int channel() const { return channel_.get(); }
  int pidfd() const { return pidfd_.get(); }  // readable when it ended
  void signal(int number) const;
  int wait();  // exit status, or 128 + signal

 private:
  pid_t pid_ = -1;
  UniqueFd channel_, pidfd_;
};

}  // namespace echolab::grade

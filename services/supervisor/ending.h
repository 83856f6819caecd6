#pragma once
// How a process ended.

#include <sys/wait.h>

#include <cstring>
#include <string>

namespace echo {

class Ending {
 public:
  explicit Ending(int wait_status) : status_(wait_status) {}
  bool well() const { return WIFEXITED(status_) && WEXITSTATUS(status_) == 0; }
  // As a shell tells it.
  int exit_status() const { return WIFSIGNALED(status_) ? 128 + WTERMSIG(status_) : WEXITSTATUS(status_); }
  // Of an event: "exit":1 or "signal":"SIGSEGV".
  std::string members() const {
    if (!WIFSIGNALED(status_)) return "\"exit\":" + std::to_string(WEXITSTATUS(status_));
    const char* const name = ::sigabbrev_np(WTERMSIG(status_));
    return "\"signal\":\"" + (name != nullptr ? std::string("SIG") + name : std::to_string(WTERMSIG(status_))) + '"';
  }

 private:
  int status_;
};

}  // namespace echo

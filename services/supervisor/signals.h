#pragma once
// Signals, as an event. The supervised program has our user and may send us any: only those count that come from
// outside. (One of the program's that is still pending hides one from outside of the same number. Then whoever sent that
// one must come back with SIGKILL, as for every program that does not end.)

#include <sys/types.h>

#include "services/common/unique_fd.h"

namespace echo {

class Signals {
 public:
  Signals();  // after guard_this_process(); throws Failure

  int fd() const { return fd_.get(); }
  // What came since the last call.
  struct Seen {
    bool stop = false, start = false, child = false;
  };
  Seen take();

 private:
  UniqueFd fd_;
  pid_t parent_;
};

}  // namespace echo

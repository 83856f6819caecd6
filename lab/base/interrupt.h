#pragma once
// Ctrl-C and SIGTERM as an event on a descriptor, so that every wait can include it and no handler runs code.

#include "lab/base/file.h"

namespace echolab {

// While it lives, SIGINT, SIGTERM and SIGHUP are blocked in the process and readable here. Make it before any thread.
// The second signal kills the process at once: whoever presses Ctrl-C twice means it.
class Interrupt {
 public:
  Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  ~Interrupt();

  int fd() const { return fd_.get(); }  // readable when a signal waits; poll it, then call check()
  bool raised();                        // reads what waits; stays true once a signal came
  void check();                         // throws Interrupted when raised

 private:
  UniqueFd fd_;
  bool raised_ = false;
};

}  // namespace echolab

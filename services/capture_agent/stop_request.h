#pragma once
// The wish to end, as an event: SIGINT, SIGTERM, SIGHUP, or a file that appears.

#include <string>

#include "services/common/unique_fd.h"

namespace echo {

// Blocks the signals in the process from its construction on; make it before any child.
class StopRequest {
 public:
  explicit StopRequest(std::string stop_file);  // empty: signals only; throws Failure

  int signal_fd() const { return signals_.get(); }
  int file_fd() const { return watch_.get(); }  // -1 without a stop file
  // How often an end was asked for so far; call when a descriptor is readable, and once before waiting.
  int count();

 private:
  bool file_exists() const;

  std::string stop_file_;
  UniqueFd signals_, watch_;
  int signals_seen_ = 0;
  bool file_seen_ = false;
};

}  // namespace echo

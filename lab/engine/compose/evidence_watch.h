#pragma once

#include <filesystem>
#include <set>

#include "lab/base/clock.h"
#include "lab/base/file.h"
#include "lab/base/interrupt.h"

namespace echolab::engine {

// Wakes when something changes in the watched folders (inotify(7)). Whoever waits looks at the files after every
// wake-up and before the first wait, so that neither a lost nor a doubled notice matters.
class EvidenceWatch {
 public:
  EvidenceWatch();
  // Watching a folder again, or one that does not exist yet, does nothing; the latter is tried again by calling again.
  void watch(const std::filesystem::path& folder);
  // True when something changed, false when the deadline passed first. Throws Interrupted on Ctrl-C.
  bool wait(const Deadline& deadline, Interrupt& interrupt);

 private:
  UniqueFd inotify_;
  std::set<std::filesystem::path> watched_;
};

}  // namespace echolab::engine

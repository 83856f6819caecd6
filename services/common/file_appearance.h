#pragma once
// Waiting for a file to appear, by inotify(7).

#include <filesystem>

#include "services/common/unique_fd.h"

namespace echo {

// Watches the folder of `file`, which must exist.
class FileAppearance {
 public:
  explicit FileAppearance(std::filesystem::path file);  // throws std::system_error

  // Readable when something changed in the folder: then ask appeared().
  int fd() const { return inotify_.get(); }
  // Reads what waits at fd() and looks: true when the file is there. Ask once before the first wait.
  bool appeared();

 private:
  std::filesystem::path file_;
  UniqueFd inotify_;
};

}  // namespace echo

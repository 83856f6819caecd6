#include "services/common/file_appearance.h"

#include <sys/inotify.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace echo {

FileAppearance::FileAppearance(std::filesystem::path file)
    : file_(std::move(file)), inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  const std::filesystem::path folder = file_.has_parent_path() ? file_.parent_path() : ".";
  if (!inotify_ || ::inotify_add_watch(inotify_.get(), folder.c_str(), IN_CREATE | IN_MOVED_TO) < 0) {
    throw std::system_error(errno, std::generic_category(), "watch folder " + folder.string());
  }
}

bool FileAppearance::appeared() {
  alignas(inotify_event) std::array<char, 4096> buffer;
  while (::read(inotify_.get(), buffer.data(), buffer.size()) > 0) {
    // Which file changed does not matter: the question below is the one that counts.
  }
  std::error_code ignored;
  return std::filesystem::exists(file_, ignored);
}

}  // namespace echo

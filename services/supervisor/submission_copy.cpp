#include "services/supervisor/submission_copy.h"

#include <cerrno>
#include <filesystem>

#include "services/common/failure.h"

namespace echo {

namespace fs = std::filesystem;

void copy_submission(const std::string& from, const std::string& to) {
  fs::path current = from;
  try {
    for (auto entry = fs::recursive_directory_iterator(from); entry != fs::recursive_directory_iterator(); ++entry) {
      current = entry->path();
      const fs::path target = to / current.lexically_relative(from);
      const fs::file_status status = entry->symlink_status();
      if (fs::is_directory(status)) {
        fs::create_directory(target);
        fs::permissions(target, status.permissions() | fs::perms::owner_all);
      } else if (fs::is_regular_file(status)) {
        fs::copy_file(current, target);
        fs::permissions(target, status.permissions() | fs::perms::owner_read | fs::perms::owner_write);
      }
    }
  } catch (const fs::filesystem_error& error) {
    throw Failure("copy " + current.string() + " to " + to, error.code().value());
  }
}

}  // namespace echo

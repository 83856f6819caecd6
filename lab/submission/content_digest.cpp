#include "lab/submission/content_digest.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "lab/base/error.h"
#include "lab/base/hash.h"

namespace echolab::submission {

namespace fs = std::filesystem;

std::vector<std::string> files_below(const fs::path& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const fs::file_type type = entry->symlink_status().type();
    if (type == fs::file_type::directory) continue;
    if (type != fs::file_type::regular) {
      throw EnvironmentError("read " + entry->path().string(), "it is no regular file",
                             "somebody else writes into this folder; choose another one");
    }
    files.push_back(entry->path().lexically_relative(folder).generic_string());
  }
  if (error) throw EnvironmentError("list the folder " + folder.string(), error.message(), "check its owner and mode");
  std::sort(files.begin(), files.end());
  return files;
}

std::string content_digest(const fs::path& folder) {
  Sha256 digest;
  for (const std::string& file : files_below(folder)) {
    struct stat status {};
    if (::lstat((folder / file).c_str(), &status) != 0) {
      throw EnvironmentError("read " + (folder / file).string(), errno_text(errno), "");
    }
    digest.update(fmt::format("{}{}:{}{}\n", (status.st_mode & 0111) != 0 ? 'x' : '-', file.size(), file,
                              sha256_hex_of_file(folder / file)));
  }
  return digest.hex();
}

}  // namespace echolab::submission

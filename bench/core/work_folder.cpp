#include "bench/core/work_folder.h"

#include <stdlib.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "lab/base/error.h"

namespace echolab::bench {

WorkFolder::WorkFolder(const std::filesystem::path& parent) {
  std::string pattern = (parent / "echolab-bench-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw EnvironmentError("make " + pattern, errno_text(errno), "");
  path_ = pattern;
}

WorkFolder::~WorkFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace echolab::bench

#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace echolab::engine::docker {

// A file of the archive that is in no folder.
struct ContextFile {
  std::string name, content;
};

// The folder as a POSIX archive (IEEE Std 1003.1, pax): regular files and folders only, sorted by name, times and owners
// zero, so that equal folders give equal bytes. Links, devices and sockets are refused, and so is anything above 64 MiB
// or 10,000 entries: a build context comes with a scenario and may be hostile. What is in the folder stands in `below`
// when that is not empty, after `files`. Throws EnvironmentError.
std::string tar_of_folder(const std::filesystem::path& folder, const std::string& below = {},
                          const std::vector<ContextFile>& files = {});

}  // namespace echolab::engine::docker

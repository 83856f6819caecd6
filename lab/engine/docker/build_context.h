#pragma once

#include <filesystem>
#include <string>

namespace echolab::engine::docker {

// The folder as a POSIX ustar archive (IEEE Std 1003.1, pax): regular files and folders only, sorted by name,
// times and owners zero, so that equal folders give equal bytes. Links, devices and sockets are refused, and
// so is anything above 64 MiB or 10,000 entries: a build context comes with a scenario and may be hostile.
// Throws EnvironmentError.
std::string tar_of_folder(const std::filesystem::path& folder);

}  // namespace echolab::engine::docker

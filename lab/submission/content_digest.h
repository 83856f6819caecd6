#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace echolab::submission {

// Regular files below a folder of ours, as "src/server.py", sorted by bytes. Anything else in it is an EnvironmentError:
// the folder is not what intake or unpack_build left.
std::vector<std::string> files_below(const std::filesystem::path& folder);

// SHA-256 over the files: for each, in that order, "x" or "-" for executable, the length of the name as decimal digits,
// ':', the name, the SHA-256 of its content as 64 digits, newline. Times and owners play no part.
std::string content_digest(const std::filesystem::path& folder);

}  // namespace echolab::submission

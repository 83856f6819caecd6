#pragma once
// Opening by name below a folder that somebody hostile may have filled, or may still be changing (openat2(2), Linux 5.6).

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lab/base/file.h"

namespace echolab {

// A folder of ours, for the calls below. Throws EnvironmentError.
UniqueFd open_folder(const std::filesystem::path& folder);

struct Opened {
  UniqueFd fd;
  int error = 0;  // errno when there is no descriptor; ELOOP: a symbolic link, EXDEV: it would leave the folder
};
// `name` may have several components. No symbolic link is followed, not in the middle either, and the walk never leaves
// `folder`, not even for a moment. Throws EnvironmentError when the kernel has no such call.
Opened open_beneath(int folder, const std::string& name, int flags, mode_t mode = 0);

// What a name stands for, found out without opening it: opening a device or a FIFO can already have effects.
enum class FileKind { regular, folder, symbolic_link, fifo, socket, device, none };
struct Named {
  FileKind kind = FileKind::none;
  int error = 0;  // errno, for none
};
Named look_beneath(int folder, const std::string& name);

// Names in a folder, sorted by bytes, without "." and ".."; nullopt when there are more than `most`. Throws
// EnvironmentError, naming `name_for_errors`, when it can't be listed.
std::optional<std::vector<std::string>> list_folder(int folder, std::size_t most,
                                                    const std::filesystem::path& name_for_errors);

}  // namespace echolab

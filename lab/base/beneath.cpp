#include "lab/base/beneath.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "lab/base/error.h"

namespace echolab {

namespace {

FileKind kind_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return FileKind::regular;
    case S_IFDIR:
      return FileKind::folder;
    case S_IFLNK:
      return FileKind::symbolic_link;
    case S_IFIFO:
      return FileKind::fifo;
    case S_IFSOCK:
      return FileKind::socket;
    default:
      return FileKind::device;
  }
}

}  // namespace

UniqueFd open_folder(const std::filesystem::path& folder) {
  UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) throw EnvironmentError("open the folder " + folder.string(), errno_text(errno), "check its path and mode");
  return fd;
}

Opened open_beneath(int folder, const std::string& name, int flags, mode_t mode) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags | O_CLOEXEC);
  how.mode = mode;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  for (;;) {
    // The C library of Debian 12 has no wrapper. EAGAIN: something was renamed during the walk.
    const long fd = ::syscall(SYS_openat2, folder, name.c_str(), &how, sizeof how);
    if (fd >= 0) return {UniqueFd(static_cast<int>(fd)), 0};
    if (errno == EINTR || errno == EAGAIN) continue;
    if (errno == ENOSYS) {
      throw EnvironmentError("open files of a submission", "the kernel has no openat2, or a filter forbids it",
                             "use Linux 5.6 or later; in a container, an engine of version 20.10 or later");
    }
    return {UniqueFd(), errno};
  }
}

Named look_beneath(int folder, const std::string& name) {
  const Opened opened = open_beneath(folder, name, O_PATH | O_NOFOLLOW);
  if (!opened.fd) return {FileKind::none, opened.error};
  struct stat status {};
  if (::fstat(opened.fd.get(), &status) != 0) return {FileKind::none, errno};
  return {kind_of(status.st_mode), 0};
}

std::optional<std::vector<std::string>> list_folder(int folder, std::size_t most,
                                                    const std::filesystem::path& name_for_errors) {
  const auto fail = [&](int error) {
    throw EnvironmentError("list the folder " + name_for_errors.string(), errno_text(error),
                           "check its owner and mode");
  };
  // Another open file description: reading from a duplicate would move on the caller's place too.
  Opened again = open_beneath(folder, ".", O_RDONLY | O_DIRECTORY);
  if (!again.fd) fail(again.error);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(again.fd.get()), &::closedir);
  if (!stream) fail(errno);
  again.fd.release();  // closedir() closes it
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* const entry = ::readdir(stream.get());
    if (entry == nullptr && errno != 0) fail(errno);
    if (entry == nullptr) break;
    const std::string_view name = static_cast<const char*>(entry->d_name);
    if (name == "." || name == "..") continue;
    if (names.size() == most) return std::nullopt;
    names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace echolab

#include "lab/base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "lab/base/error.h"

namespace echolab {

namespace {

[[noreturn]] void fail(std::string_view verb, const std::filesystem::path& file, int error) {
  std::string mend;
  if (error == EACCES || error == EPERM) mend = "check the owner and mode of the file and its folders (ls -ld)";
  if (error == ENOENT) mend = "check the path";
  if (error == ENOSPC || error == EDQUOT) mend = "free some space on that file system (df -h)";
  if (error == EMFILE || error == ENFILE) mend = "raise the limit of open files (ulimit -n)";
  throw EnvironmentError(fmt::format("{} {}", verb, file.string()), errno_text(error), mend);
}

}  // namespace

void UniqueFd::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

UniqueFd open_for_reading(const std::filesystem::path& file) {
  UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) fail("open", file, errno);
  struct stat status {};
  if (::fstat(fd.get(), &status) == 0 && S_ISDIR(status.st_mode)) fail("read", file, EISDIR);
  return fd;
}

UniqueFd create_file(const std::filesystem::path& file) {
  UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!fd) fail("create", file, errno);
  return fd;
}

std::string read_file(const std::filesystem::path& file, std::size_t limit) {
  const UniqueFd fd = open_for_reading(file);
  std::string content;
  char buffer[65536];
  for (;;) {
    const ssize_t got = ::read(fd.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read", file, errno);
    if (got == 0) return content;
    content.append(buffer, static_cast<std::size_t>(got));
    if (content.size() > limit) {
      throw EnvironmentError(fmt::format("read {}", file.string()), fmt::format("it is larger than {} bytes", limit),
                             "");
    }
  }
}

void write_all(int fd, std::string_view bytes, const std::filesystem::path& name_for_errors) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write", name_for_errors, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void write_file_atomically(const std::filesystem::path& file, std::string_view content) {
  PendingFile pending(file);
  {
    const UniqueFd fd = create_file(pending.temporary());
    write_all(fd.get(), content, pending.temporary());
    if (::fsync(fd.get()) != 0) fail("sync", pending.temporary(), errno);
  }
  pending.publish();
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) fail("sync", folder, errno);
}

PendingFile::PendingFile(std::filesystem::path target)
    : target_(std::move(target)), temporary_(target_.string() + ".tmp") {}

PendingFile::~PendingFile() {
  std::error_code ignored;
  if (!temporary_.empty()) std::filesystem::remove(temporary_, ignored);
}

void PendingFile::publish() {
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail("rename to", target_, errno);
  temporary_.clear();
}

void create_folders(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) fail("create folder", folder, error.value());
}

}  // namespace echolab

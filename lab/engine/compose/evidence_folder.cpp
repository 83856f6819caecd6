#include "lab/engine/compose/evidence_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "lab/base/error.h"

namespace echolab::engine {

std::optional<EvidenceFolder> EvidenceFolder::open(const std::filesystem::path& folder) {
  UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) return std::nullopt;
  return EvidenceFolder(std::move(fd));
}

UniqueFd EvidenceFolder::open_file(const std::string& name) const {
  // O_NONBLOCK: opening a FIFO that somebody planted must not wait for its writer.
  UniqueFd fd(::openat(folder_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  return fd;
}

EvidenceFolder::Copied EvidenceFolder::copy(const std::string& name, std::uint64_t limit,
                                            const std::function<void(std::string_view)>& sink) const {
  const UniqueFd fd = open_file(name);
  if (!fd) return Copied::absent;
  std::array<char, 64 * 1024> buffer{};
  std::uint64_t left = limit;
  for (;;) {
    const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw EnvironmentError("read " + name + " of the evidence", errno_text(errno), "");
    if (count == 0) return Copied::whole;
    const auto length = std::min<std::uint64_t>(left, static_cast<std::uint64_t>(count));
    sink(std::string_view(buffer.data(), static_cast<std::size_t>(length)));
    left -= length;
    if (length < static_cast<std::uint64_t>(count)) return Copied::cut;
  }
}

std::optional<std::string> EvidenceFolder::read(const std::string& name, std::size_t limit) const {
  std::string content;
  const Copied copied = copy(name, limit, [&](std::string_view bytes) { content += bytes; });
  if (copied != Copied::whole) return std::nullopt;
  return content;
}

std::vector<std::string> folders_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->symlink_status(error).type() == std::filesystem::file_type::directory) {
      names.push_back(entry->path().filename().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace echolab::engine

#include "lab/engine/docker/build_context.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include "lab/base/error.h"
#include "lab/base/file.h"

namespace echolab::engine::docker {

namespace {

constexpr std::size_t block = 512;
constexpr std::uint64_t most_bytes = 64u << 20;
constexpr std::size_t most_entries = 10'000;

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& cause) {
  throw EnvironmentError("pack the build context " + path.string(), cause, "take it out of the folder");
}

// ustar header: name 0+100, mode 100+8, uid 108+8, gid 116+8, size 124+12, mtime 136+12, checksum 148+8, type
// 156, magic "ustar" 257+6, version "00" 263+2, prefix 345+155; numbers are octal text.
void append_header(std::string& archive, const std::string& name, bool folder, std::uint64_t size, unsigned mode) {
  std::array<char, block> header{};
  const auto put = [&header](std::size_t offset, const std::string& text) {
    std::copy(text.begin(), text.end(), header.begin() + static_cast<std::ptrdiff_t>(offset));
  };
  std::string base = name, prefix;
  if (base.size() > 100) {
    // The prefix ends at a slash that is not stored.
    const std::size_t slash = name.find('/', name.size() - 101);
    if (slash == std::string::npos || slash > 155 || slash + 1 == name.size())
      refuse(name, "its path is too long for a tar archive");
    prefix = name.substr(0, slash);
    base = name.substr(slash + 1);
  }
  put(0, base);
  put(100, fmt::format("{:07o}", mode));
  put(108, "0000000");
  put(116, "0000000");
  put(124, fmt::format("{:011o}", size));
  put(136, "00000000000");
  put(148, "        ");
  header[156] = folder ? '5' : '0';
  put(257, "ustar");
  put(263, "00");
  put(345, prefix);
  unsigned sum = 0;
  for (const char character : header) sum += static_cast<unsigned char>(character);
  put(148, fmt::format("{:06o}", sum));
  header[154] = '\0';
  header[155] = ' ';
  archive.append(header.data(), header.size());
}

void append_file(std::string& archive, const std::filesystem::path& path, const std::string& name) {
  // The name may have become a link since it was listed.
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) refuse(path, errno_text(errno));
  if (!S_ISREG(status.st_mode)) refuse(path, "it is neither a regular file nor a folder");
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (archive.size() + size > most_bytes) refuse(path, "the folder holds more than 64 MiB");
  append_header(archive, name, false, size, (status.st_mode & S_IXUSR) != 0 ? 0755 : 0644);
  const std::size_t begin = archive.size();
  archive.resize(begin + (size + block - 1) / block * block);
  std::size_t have = 0;
  while (have < size) {
    const ssize_t got = ::read(file.get(), archive.data() + begin + have, size - have);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) refuse(path, "it changed while it was read");
    have += static_cast<std::size_t>(got);
  }
}

}  // namespace

std::string tar_of_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<std::filesystem::path> paths;
  for (auto entry = std::filesystem::recursive_directory_iterator(folder, error);
       !error && entry != std::filesystem::recursive_directory_iterator(); entry.increment(error)) {
    paths.push_back(entry->path());
    if (paths.size() > most_entries) refuse(folder, "it holds more than 10,000 entries");
  }
  if (error) throw EnvironmentError("pack the build context " + folder.string(), error.message(), "");
  std::sort(paths.begin(), paths.end());

  std::string archive;
  for (const auto& path : paths) {
    const std::string name = path.lexically_relative(folder).generic_string();
    const auto status = std::filesystem::symlink_status(path, error);
    if (std::filesystem::is_directory(status)) {
      append_header(archive, name + "/", true, 0, 0755);
    } else {
      append_file(archive, path, name);
    }
  }
  archive.resize(archive.size() + 2 * block);  // the end: two blocks of zeros
  return archive;
}

}  // namespace echolab::engine::docker

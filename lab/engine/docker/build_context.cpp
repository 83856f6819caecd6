#include "lab/engine/docker/build_context.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "lab/base/error.h"
#include "lab/base/file.h"

namespace echolab::engine::docker {

namespace {

constexpr std::size_t block = 512;
constexpr std::size_t most_name = 100;  // bytes, in the plain header
constexpr std::uint64_t most_bytes = 64u << 20;
constexpr std::size_t most_entries = 10'000;

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& cause) {
  throw EnvironmentError("pack the build context " + path.string(), cause, "take it out of the folder");
}

enum class Type : char { file = '0', folder = '5', extended = 'x' };

// ustar header: name 0+100, mode 100+8, uid 108+8, gid 116+8, size 124+12, mtime 136+12, checksum 148+8, type
// 156, magic "ustar" 257+6, version "00" 263+2; numbers are octal text. The name is at most 100 bytes long.
void append_plain_header(std::string& archive, std::string_view name, Type type, std::uint64_t size, unsigned mode) {
  std::array<char, block> header{};
  const auto put = [&header](std::size_t offset, std::string_view text) {
    std::copy(text.begin(), text.end(), header.begin() + static_cast<std::ptrdiff_t>(offset));
  };
  put(0, name);
  put(100, fmt::format("{:07o}", mode));
  put(108, "0000000");
  put(116, "0000000");
  put(124, fmt::format("{:011o}", size));
  put(136, "00000000000");
  put(148, "        ");
  header[156] = static_cast<char>(type);
  put(257, "ustar");
  put(263, "00");
  unsigned sum = 0;
  for (const char character : header) sum += static_cast<unsigned char>(character);
  put(148, fmt::format("{:06o}", sum));
  header[154] = '\0';
  header[155] = ' ';
  archive.append(header.data(), header.size());
}

void append_padded(std::string& archive, std::string_view content) {
  archive += content;
  archive.resize((archive.size() + block - 1) / block * block);
}

// "27 path=some/where/long.txt\n" after its own length, which counts its own digits.
std::string path_record(const std::string& name) {
  const std::size_t rest = name.size() + std::string_view(" path=\n").size();
  std::size_t length = rest + std::to_string(rest).size();
  length = rest + std::to_string(length).size();
  return fmt::format("{} path={}\n", length, name);
}

void append_header(std::string& archive, const std::string& name, Type type, std::uint64_t size, unsigned mode) {
  if (name.size() > most_name) {
    const std::string record = path_record(name);
    append_plain_header(archive, "path", Type::extended, record.size(), 0644);
    append_padded(archive, record);
  }
  append_plain_header(archive, std::string_view(name).substr(0, most_name), type, size, mode);
}

void append_file(std::string& archive, const std::filesystem::path& path, const std::string& name) {
  // The name may have become a link since it was listed.
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) refuse(path, errno_text(errno));
  if (!S_ISREG(status.st_mode)) refuse(path, "it is neither a regular file nor a folder");
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (archive.size() + size > most_bytes) refuse(path, "the folder holds more than 64 MiB");
  append_header(archive, name, Type::file, size, (status.st_mode & S_IXUSR) != 0 ? 0755 : 0644);
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

std::string tar_of_folder(const std::filesystem::path& folder, const std::string& below,
                          const std::vector<ContextFile>& files) {
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
  for (const auto& file : files) {
    append_header(archive, file.name, Type::file, file.content.size(), 0644);
    append_padded(archive, file.content);
  }
  if (!below.empty()) append_header(archive, below + "/", Type::folder, 0, 0755);
  for (const auto& path : paths) {
    const std::string name = (below / path.lexically_relative(folder)).generic_string();
    const auto status = std::filesystem::symlink_status(path, error);
    if (std::filesystem::is_directory(status)) {
      append_header(archive, name + "/", Type::folder, 0, 0755);
    } else {
      append_file(archive, path, name);
    }
  }
  archive.resize(archive.size() + 2 * block);  // the end: two blocks of zeros
  return archive;
}

}  // namespace echolab::engine::docker

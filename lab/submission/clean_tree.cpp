#include "lab/submission/clean_tree.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "lab/base/beneath.h"
#include "lab/base/error.h"
#include "lab/base/text.h"
#include "lab/base/unicode.h"

namespace echolab::submission {

namespace fs = std::filesystem;

CleanTree::CleanTree(const fs::path& root, const TreeLimits& limits) : root_(root), limits_(limits) {
  create_folders(root);
  folder_ = open_folder(root);
  if (::fchmod(folder_.get(), 0755) != 0) throw EnvironmentError("make " + root.string(), errno_text(errno), "");
  const auto present = list_folder(folder_.get(), 0, root);
  if (!present) throw EnvironmentError("unpack into " + root.string(), "it is not empty", "choose another folder");
}

std::string CleanTree::claim(const std::string& path) {
  // Every folder on the way first: "Src/a.c" after "src/b.c" would be one folder on other systems.
  for (std::size_t slash = path.find('/');; slash = path.find('/', slash + 1)) {
    const std::string prefix = path.substr(0, slash);
    const Kind kind = slash == std::string::npos ? Kind::file : Kind::folder;
    const auto found = taken_.find(fold_case(prefix));
    if (found != taken_.end()) {
      const Taken& other = found->second;
      if (other.path != prefix) {
        return fmt::format("its name differs from {} only in upper and lower case", escape_for_terminal(other.path));
      }
      if (other.kind == Kind::file && kind == Kind::file) return "a second file of that name";
      if (other.kind != kind) return fmt::format("{} is both a file and a folder", escape_for_terminal(prefix));
    }
    if (kind == Kind::file) return {};
  }
}

void CleanTree::make_folders(const std::string& path) {
  for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const std::string prefix = path.substr(0, slash);
    if (!taken_.try_emplace(fold_case(prefix), Taken{prefix, Kind::folder}).second) continue;
    // The mode again: whoever reads it in a container is another user, whatever our umask says.
    if (::mkdirat(folder_.get(), prefix.c_str(), 0755) != 0 ||
        ::fchmodat(folder_.get(), prefix.c_str(), 0755, 0) != 0) {
      throw EnvironmentError("create folder " + (root_ / prefix).string(), errno_text(errno), "");
    }
  }
}

std::string CleanTree::add_file(const std::string& path, bool executable, const ReadPiece& read) {
  if (std::string reason = claim(path); !reason.empty()) return reason;
  if (files_ >= limits_.files) throw TooMuch(fmt::format("more than {} files", with_thousands(limits_.files)));
  make_folders(path);
  const bool copied = copy_new_file(folder_.get(), path, executable, limits_.file_bytes, [&] {
    const std::string_view piece = read();
    bytes_ += piece.size();
    if (bytes_ > limits_.all_bytes) {
      throw TooMuch(fmt::format("more than {} in all", humanize_bytes(limits_.all_bytes)));
    }
    return piece;
  });
  if (!copied) return fmt::format("larger than {}", humanize_bytes(limits_.file_bytes));
  taken_.emplace(fold_case(path), Taken{path, Kind::file});
  ++files_;
  return {};
}

void CleanTree::strip_wrapping_folder(const std::function<bool(std::string_view)>& kept) {
  const auto top = list_folder(folder_.get(), 1, root_);
  if (!top || top->size() != 1 || kept(top->front())) return;
  if (look_beneath(folder_.get(), top->front()).kind != FileKind::folder) return;
  // Over a name beside it: what is inside may be named as the folder itself.
  const fs::path aside = root_.string() + ".unwrapped";
  std::error_code error;
  fs::rename(root_ / top->front(), aside, error);
  if (!error) fs::remove(root_, error);
  if (!error) fs::rename(aside, root_, error);
  if (error) throw EnvironmentError("rename folders in " + root_.parent_path().string(), error.message(), "");
  folder_ = open_folder(root_);
  taken_.clear();  // what comes now would be a mistake of ours
}

bool copy_new_file(int folder, const std::string& path, bool executable, std::uint64_t most, const ReadPiece& read) {
  const mode_t mode = executable ? 0755 : 0644;
  const Opened file = open_beneath(folder, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  if (!file.fd || ::fchmod(file.fd.get(), mode) != 0)
    throw EnvironmentError("create " + path, errno_text(file.fd ? errno : file.error),
                           "check the space that is left (df -h)");
  std::uint64_t copied = 0;
  bool fits = true;
  try {
    for (std::string_view piece = read(); fits && !piece.empty(); piece = read()) {
      copied += piece.size();
      fits = copied <= most;
      if (fits) write_all(file.fd.get(), piece, path);
    }
  } catch (...) {
    ::unlinkat(folder, path.c_str(), 0);
    throw;
  }
  if (!fits) ::unlinkat(folder, path.c_str(), 0);
  return fits;
}

}  // namespace echolab::submission

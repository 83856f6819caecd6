#pragma once
// A fresh folder that fills with copies of files whose names and contents come from somebody hostile.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

#include "lab/base/file.h"
#include "lab/submission/entry_name.h"

namespace echolab::submission {

struct TreeLimits {
  NameLimits names;
  std::uint64_t file_bytes = 0, all_bytes = 0;
  std::size_t files = 0;
};

// More than the limits allow of all files together: nothing of it should be used. One clause, "more than 2,000 files".
class TooMuch : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The next bytes of a file, empty at its end, valid until the next call.
using ReadPiece = std::function<std::string_view()>;

class CleanTree {
 public:
  // Makes the folder, which must not exist or be empty. Throws EnvironmentError.
  CleanTree(const std::filesystem::path& root, const TreeLimits& limits);

  // Copies a file to this place, mode 0644 or 0755. Returns why not, or empty: another file has the name, also when only
  // case or composition differs, or it is too long. Throws TooMuch, EnvironmentError and what `read` throws.
  std::string add_file(const std::string& path, bool executable, const ReadPiece& read);

  std::size_t files() const { return files_; }
  // A single folder that holds everything, other than one named by `kept`, gives way to what it holds.
  void strip_wrapping_folder(const std::function<bool(std::string_view)>& kept);

 private:
  enum class Kind : std::uint8_t { file, folder };
  struct Taken {
    std::string path;  // as spelled first
    Kind kind = Kind::file;
  };
  std::string claim(const std::string& path);
  void make_folders(const std::string& path);

  std::filesystem::path root_;
  TreeLimits limits_;
  UniqueFd folder_;
  std::map<std::string, Taken> taken_;  // by fold_case()
  std::size_t files_ = 0;
  std::uint64_t bytes_ = 0;
};

// Copies into a new file below a folder of ours until `most` bytes; false, and no file, when there are more.
bool copy_new_file(int folder, const std::string& path, bool executable, std::uint64_t most, const ReadPiece& read);

}  // namespace echolab::submission

#pragma once
// Files and descriptors as objects. Every failure names the path, the cause and a mend (EnvironmentError).

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace echolab {

// Owns a file descriptor.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~UniqueFd() { reset(); }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void reset();
  int release() { return std::exchange(fd_, -1); }  // the caller closes it

 private:
  int fd_ = -1;
};

UniqueFd open_for_reading(const std::filesystem::path& file);
// Creates or truncates; mode 0644 less umask.
UniqueFd create_file(const std::filesystem::path& file);

// Whole content; throws EnvironmentError when it can't be read or is longer than limit bytes.
std::string read_file(const std::filesystem::path& file, std::size_t limit = std::size_t{1} << 30);
// Retries short writes and EINTR.
void write_all(int fd, std::string_view bytes, const std::filesystem::path& name_for_errors);

// A file under a temporary name in the same folder: nobody sees it before it is whole. Without publish() it is removed.
class PendingFile {
 public:
  explicit PendingFile(std::filesystem::path target);
  PendingFile(PendingFile&& other) noexcept
      : target_(std::move(other.target_)), temporary_(std::exchange(other.temporary_, {})) {}
  PendingFile& operator=(PendingFile&&) = delete;
  ~PendingFile();

  const std::filesystem::path& temporary() const { return temporary_; }  // where to write
  void publish();  // renames; whoever needs the bytes on the disk syncs before

 private:
  std::filesystem::path target_, temporary_;
};

// Temporary file in the same folder, fsync, rename, fsync of the folder: readers see the old or the new whole.
void write_file_atomically(const std::filesystem::path& file, std::string_view content);
void create_folders(const std::filesystem::path& folder);

}  // namespace echolab

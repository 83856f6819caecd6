#pragma once
// A zip or tar archive as a stream of entries, read through libarchive. Nothing is ever extracted by libarchive itself:
// it hands over names and bytes, and bounds are kept here on what really comes out, whatever headers say.

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace echolab::submission {

// The archive as a whole can't be used; what() is one clause: "its archive is cut off or damaged (…)".
class ArchiveError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct ArchiveEntry {
  enum class Kind : std::uint8_t { file, folder, other } kind = Kind::file;
  std::string name;         // raw bytes
  std::string refusal;      // kind other, or a file that can't be read: "a symbolic link", "encrypted"
  bool executable = false;  // set-id bits and the like don't get this far
};

struct ArchiveBounds {
  std::uint64_t unpacked_bytes = 0;  // of all entries together, also of those that nobody wants
  std::uint64_t entries = 0;
  // Unpacked bytes for each packed one, once more than a MiB came out. deflate can do 1,032; text rarely passes 20.
  std::uint64_t ratio = 250;
};

class ArchiveReader {
 public:
  enum class Format : std::uint8_t { zip, tar };  // tar: also with gzip

  // Reads the file that is open at `fd`, which stays the caller's.
  ArchiveReader(int fd, Format format, const ArchiveBounds& bounds);
  // The same for bytes in memory, borrowed.
  ArchiveReader(std::string_view bytes, Format format, const ArchiveBounds& bounds);
  ArchiveReader(const ArchiveReader&) = delete;
  ArchiveReader& operator=(const ArchiveReader&) = delete;
  ~ArchiveReader();

  // The next entry; false at the end. Throws ArchiveError.
  bool next(ArchiveEntry& entry);
  // The next bytes of that entry, empty at its end; valid until the next call. Throws ArchiveError.
  std::string_view read();

 private:
  class Input;
  struct State;
  void open();
  void count_unpacked(std::uint64_t bytes);
  void drain();

  ArchiveBounds bounds_;
  std::unique_ptr<State> state_;
};

}  // namespace echolab::submission

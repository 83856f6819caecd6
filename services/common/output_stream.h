#pragma once
// Whole lines to a descriptor that may be slow or gone, without ever waiting for it.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "services/common/unique_fd.h"

namespace echo {

// Lines are gathered in a bounded buffer and written as far as the reader takes them. A line that finds no room, or no
// reader, is counted as lost. On pipes every write holds whole lines of together at most PIPE_BUF bytes, so that lines
// of several processes never mix (pipe(7)). The caller must have blocked or ignored SIGPIPE.
class OutputStream {
 public:
  OutputStream(int fd, std::size_t capacity);  // borrows fd
  OutputStream(UniqueFd owned, std::size_t capacity);

  bool has_room(std::size_t size) const { return dead_ || buffer_.size() - (end_ - begin_) >= size; }
  void append(std::string_view lines);  // whole ones; all of them or none
  // Where the next lines may be written in place, `size` bytes of them, or nullptr: then append() would lose them too.
  // What was written is there after commit().
  char* place_for(std::size_t size);
  void commit(std::size_t size) { end_ += size; }
  // Writes what can be written now. True when nothing is left to write.
  bool flush();
  bool pending() const { return begin_ != end_; }
  int fd() const { return fd_; }
  std::uint64_t lost_lines() const { return lost_lines_; }
  // Gives up what is still buffered and counts it as lost.
  void abandon();

 private:
  enum class Kind { file, pipe, blocking_pipe, socket };

  void classify();
  // As a description of our own, which can be non-blocking without changing the one that other processes share: then a
  // write need not be preceded by a question. False when it is not ours to open.
  bool open_anew();
  bool writable() const;
  std::size_t next_piece() const;

  UniqueFd owned_;
  int fd_;
  Kind kind_ = Kind::file;
  bool dead_ = false;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;
  std::uint64_t lost_lines_ = 0;
};

}  // namespace echo

#include "services/common/output_stream.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <string>

namespace echo {

OutputStream::OutputStream(int fd, std::size_t capacity) : fd_(fd), buffer_(capacity) {
  classify();
}

OutputStream::OutputStream(UniqueFd owned, std::size_t capacity)
    : owned_(std::move(owned)), fd_(owned_.get()), buffer_(capacity) {
  classify();
}

void OutputStream::classify() {
  struct stat status {};
  if (::fstat(fd_, &status) != 0) {
    dead_ = true;
  } else if (S_ISFIFO(status.st_mode)) {
    kind_ = open_anew() ? Kind::pipe : Kind::blocking_pipe;
  } else if (S_ISSOCK(status.st_mode)) {
    kind_ = Kind::socket;
  } else if (::isatty(fd_) != 0) {
    open_anew();  // a stopped terminal (Ctrl-S) would hold a write for ever
  }
}

bool OutputStream::open_anew() {
  UniqueFd again(
      ::open(("/proc/self/fd/" + std::to_string(fd_)).c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (!again) return false;
  owned_ = std::move(again);
  fd_ = owned_.get();
  return true;
}

char* OutputStream::place_for(std::size_t size) {
  if (dead_ || buffer_.size() - (end_ - begin_) < size) return nullptr;
  if (buffer_.size() - end_ < size) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  return buffer_.data() + end_;
}

void OutputStream::append(std::string_view lines) {
  if (char* const place = place_for(lines.size())) {
    std::memcpy(place, lines.data(), lines.size());
    commit(lines.size());
  } else {
    lost_lines_ += static_cast<std::uint64_t>(std::count(lines.begin(), lines.end(), '\n'));
  }
}

bool OutputStream::writable() const {
  if (kind_ != Kind::blocking_pipe) return true;
  // A pipe that polls writable takes PIPE_BUF bytes without blocking.
  pollfd wait{fd_, POLLOUT, 0};
  return ::poll(&wait, 1, 0) > 0;
}

std::size_t OutputStream::next_piece() const {
  const std::size_t left = end_ - begin_;
  const bool is_pipe = kind_ == Kind::pipe || kind_ == Kind::blocking_pipe;
  if (!is_pipe || left <= PIPE_BUF) return left;
  const std::string_view window(buffer_.data() + begin_, PIPE_BUF);
  const std::size_t line_end = window.rfind('\n');
  return line_end == std::string_view::npos ? PIPE_BUF : line_end + 1;
}

bool OutputStream::flush() {
  while (pending()) {
    if (!writable()) return false;
    const char* const from = buffer_.data() + begin_;
    const std::size_t size = next_piece();
    const ssize_t written =
        kind_ == Kind::socket ? ::send(fd_, from, size, MSG_DONTWAIT | MSG_NOSIGNAL) : ::write(fd_, from, size);
    if (written >= 0) {
      begin_ += static_cast<std::size_t>(written);
    } else if (errno == EAGAIN) {
      return false;
    } else if (errno != EINTR) {
      // The reader is gone (EPIPE) or the disk is full: what waits here is lost. A full disk may get room again.
      dead_ = errno != ENOSPC && errno != EDQUOT;
      abandon();
    }
  }
  begin_ = end_ = 0;
  return true;
}

void OutputStream::abandon() {
  lost_lines_ += static_cast<std::uint64_t>(std::count(buffer_.data() + begin_, buffer_.data() + end_, '\n'));
  begin_ = end_ = 0;
}

}  // namespace echo

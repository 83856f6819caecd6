#include "lab/engine/local/output_pipe.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "lab/base/error.h"

namespace echolab::engine::local {

OutputPipe::OutputPipe(EventLoop& loop, Sink take, std::function<void()> ended)
    : loop_(loop), take_(std::move(take)), ended_(std::move(ended)) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw EnvironmentError("make a pipe for a program's output", errno_text(errno), "raise the limit: ulimit -n 65536");
  }
  read_ = UniqueFd(ends[0]);
  write_ = UniqueFd(ends[1]);
  ::fcntl(read_.get(), F_SETFL, O_NONBLOCK);
  loop_.add(read_.get(), [this] { read_some(); });
}

void OutputPipe::read_some() {
  // One for all pipes: what is read is handed on at once.
  static std::array<char, 65536> buffer;
  const ssize_t length = ::read(read_.get(), buffer.data(), buffer.size());
  if (length > 0) return take_({buffer.data(), static_cast<std::size_t>(length)});
  if (length < 0 && (errno == EAGAIN || errno == EINTR)) return;
  close();
  ended_();
}

void OutputPipe::close() {
  if (!read_) return;
  loop_.remove(read_.get());
  read_.reset();
}

}  // namespace echolab::engine::local

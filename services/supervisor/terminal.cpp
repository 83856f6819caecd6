#include "services/supervisor/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <array>
#include <cerrno>

#include "services/common/failure.h"

namespace echo {

Terminal::Terminal(bool echoes) {
  is_terminal_ = open_pseudo_terminal(echoes);
  if (!is_terminal_) open_pipes();
}

Terminal Terminal::pipes() {
  Terminal terminal;
  terminal.open_pipes();
  return terminal;
}

bool Terminal::open_pseudo_terminal(bool echoes) {
  UniqueFd ours(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
  if (!ours || ::unlockpt(ours.get()) != 0) return false;
  // Not by name: /dev/pts may be another mount than the one of /dev/ptmx (ioctl_tty(2), TIOCGPTPEER).
  UniqueFd theirs(::ioctl(ours.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
  termios mode{};
  if (!theirs || ::tcgetattr(theirs.get(), &mode) != 0) return false;
  ::cfmakeraw(&mode);
  mode.c_iflag |= IUTF8;
  mode.c_lflag &= ~static_cast<tcflag_t>(ECHOCTL);  // it would show line ends as ^J
  if (echoes) mode.c_lflag |= ECHO;
  const winsize window{24, 80, 0, 0};
  if (::tcsetattr(theirs.get(), TCSANOW, &mode) != 0 || ::ioctl(theirs.get(), TIOCSWINSZ, &window) != 0) return false;
  output_ = std::move(ours);
  program_input_ = std::move(theirs);
  return true;
}

void Terminal::open_pipes() {
  std::array<int, 2> to{}, from{};
  if (::pipe2(to.data(), O_CLOEXEC) != 0) throw Failure("make a pipe", errno);
  program_input_ = UniqueFd(to[0]);
  input_ = UniqueFd(to[1]);
  if (::pipe2(from.data(), O_CLOEXEC) != 0) throw Failure("make a pipe", errno);
  output_ = UniqueFd(from[0]);
  program_output_ = UniqueFd(from[1]);
  for (const int fd : {input_.get(), output_.get()}) ::fcntl(fd, F_SETFL, O_NONBLOCK);
}

std::size_t Terminal::type(std::string_view text) const {
  const ssize_t size = ::write(input_fd(), text.data(), text.size());
  if (size >= 0) return static_cast<std::size_t>(size);
  if (errno == EAGAIN || errno == EINTR) return 0;
  throw Failure("type into the terminal", errno);
}

bool Terminal::echoing() const {
  termios mode{};
  return is_terminal_ && ::tcgetattr(program_input_.get(), &mode) == 0 && (mode.c_lflag & ECHO) != 0;
}

bool Terminal::input_read() const {
  // The kernel hands bytes over to a terminal's other side in a worker of its own; poll(2) waits for that.
  pollfd wait{program_input_.get(), POLLIN, 0};
  if (is_terminal_) ::poll(&wait, 1, 0);
  int unread = 0;
  const int fd = is_terminal_ ? program_input_.get() : input_fd();
  return ::ioctl(fd, FIONREAD, &unread) != 0 || unread == 0;
}

void Terminal::started() {
  if (is_terminal_) return;
  program_input_.reset();
  program_output_.reset();
}

}  // namespace echo

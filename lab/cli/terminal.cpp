#include "lab/cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace echolab::cli {

namespace {

// Empty when it is not set.
std::string_view environment(const char* variable) {
  const char* value = std::getenv(variable);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

bool is_drawing_terminal(int fd) {
  const std::string_view terminal = environment("TERM");
  return ::isatty(fd) == 1 && !terminal.empty() && terminal != "dumb";
}

bool wants_colour(const std::string& option, int fd) {
  if (option == "always") return true;
  if (option == "never" || !environment("NO_COLOR").empty()) return false;
  const std::string_view forced = environment("CLICOLOR_FORCE");
  if (!forced.empty() && forced != "0") return true;
  return is_drawing_terminal(fd);
}

void write_quietly(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

Terminal::Terminal(const OutputOptions& options) : options_(options) {
  live_ = is_drawing_terminal(STDERR_FILENO);
  out_style_.colour = wants_colour(options_.colour, STDOUT_FILENO);
  error_style_.colour = wants_colour(options_.colour, STDERR_FILENO);
}

void Terminal::print(std::string_view text) {
  write_quietly(STDOUT_FILENO, text);
}

void Terminal::say(std::string_view text) {
  if (!options_.quiet) write_quietly(STDERR_FILENO, text);
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::size_t terminal_columns() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace echolab::cli

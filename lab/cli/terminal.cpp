#include "lab/cli/terminal.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace echolab::cli {

namespace {

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

bool wants_colour(const std::string& option, int fd) {
  if (option == "always") return true;
  if (option == "never" || is_set("NO_COLOR")) return false;
  if (is_set("CLICOLOR_FORCE") && std::string_view(std::getenv("CLICOLOR_FORCE")) != "0") return true;
  const char* terminal = std::getenv("TERM");
  return ::isatty(fd) == 1 && terminal != nullptr && std::string_view(terminal) != "dumb";
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
  const char* terminal = std::getenv("TERM");
  live_ = ::isatty(STDERR_FILENO) == 1 && terminal != nullptr && std::string_view(terminal) != "dumb";
  out_style_.colour = wants_colour(options_.colour, STDOUT_FILENO);
  error_style_.colour = wants_colour(options_.colour, STDERR_FILENO);
}

void Terminal::print(std::string_view text) { write_quietly(STDOUT_FILENO, text); }

void Terminal::say(std::string_view text) {
  if (!options_.quiet) write_quietly(STDERR_FILENO, text);
}

}  // namespace echolab::cli

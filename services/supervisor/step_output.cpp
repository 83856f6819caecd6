#include "services/supervisor/step_output.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace echo {

namespace {

void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return;  // nobody reads it
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

StepOutput::StepOutput(int fd, std::size_t limit) : fd_(fd), half_(limit / 2) {}

void StepOutput::append(std::string_view bytes) {
  const std::string_view first = bytes.substr(0, half_ - passed_);
  passed_ += first.size();
  write_lines(first);
  bytes.remove_prefix(first.size());
  over_ += bytes.size();
  if (bytes.size() > half_) bytes.remove_prefix(bytes.size() - half_);
  tail_ += bytes;
  // Only at twice the size, so that a flood of short writes does not move the rest for each of them.
  if (tail_.size() > 2 * half_) tail_.erase(0, tail_.size() - half_);
}

void StepOutput::finish() {
  if (tail_.size() > half_) tail_.erase(0, tail_.size() - half_);
  const std::uint64_t cut = over_ - tail_.size();
  if (cut > 0) write_lines((at_line_start_ ? "[" : "\n[") + std::to_string(cut) + " bytes left out here]\n");
  write_lines(tail_);
  if (!at_line_start_) write_lines("\n");
  // From now on everything is kept back, as it would be after the first half.
  over_ = 0;
  tail_.clear();
}

void StepOutput::write_lines(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    if (at_line_start_ && c == '{') out += ' ';
    out += c;
    at_line_start_ = c == '\n';
  }
  write_all(fd_, out);
}

}  // namespace echo

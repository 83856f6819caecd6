#include "lab/verify/line_reader.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "lab/base/error.h"

namespace echolab::verify {

LineReader::LineReader(const std::filesystem::path& file, std::size_t longest) : name_(file), longest_(longest) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return;
  file_ = open_for_reading(file);
  buffer_.resize(64 * 1024);
}

bool LineReader::next() {
  line_.clear();
  too_long_ = false;
  if (!file_) return false;
  bool began = false;
  while (true) {
    if (begin_ == end_) {
      begin_ = 0;
      end_ = read_some();
      if (end_ == 0) {
        if (began) ++number_;
        return began;
      }
    }
    began = true;
    const std::string_view rest(buffer_.data() + begin_, end_ - begin_);
    const auto newline = rest.find('\n');
    const std::string_view piece = rest.substr(0, newline);
    const std::size_t room = longest_ - line_.size();
    if (piece.size() > room) too_long_ = true;
    line_ += piece.substr(0, room);
    begin_ += piece.size();
    if (newline == std::string_view::npos) continue;
    ++begin_;
    ++number_;
    return true;
  }
}

std::size_t LineReader::read_some() {
  while (true) {
    const ssize_t count = ::read(file_.get(), buffer_.data(), buffer_.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) throw EnvironmentError("read log " + name_.string(), errno_text(errno), "");
  }
}

}  // namespace echolab::verify

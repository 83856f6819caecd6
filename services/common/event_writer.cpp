#include "services/common/event_writer.h"

#include <fcntl.h>
#include <unistd.h>
#include <utf8proc.h>

#include <cerrno>

#include "services/common/failure.h"

namespace echo {

namespace {

// Bytes of the valid UTF-8 character that `text` begins with; 0: none.
std::size_t character_size(std::string_view text) {
  utf8proc_int32_t code_point = -1;
  const utf8proc_ssize_t size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                                 static_cast<utf8proc_ssize_t>(text.size()), &code_point);
  return size > 0 ? static_cast<std::size_t>(size) : 0;
}

void append_control(std::string& out, unsigned char byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += "\\u00";
  out += digits[byte >> 4];
  out += digits[byte & 15];
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text.front());
    std::size_t size = 1;
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += text.front();
    } else if (byte < 0x20 || byte == 0x7f) {
      append_control(out, byte);
    } else if ((size = character_size(text)) == 0) {
      out += "\xef\xbf\xbd";  // U+FFFD, the replacement character
      size = 1;
    } else {
      out += text.substr(0, size);
    }
    text.remove_prefix(size);
  }
  return out + '"';
}

EventWriter::EventWriter(const std::string& destination) {
  if (destination == "-") {
    fd_ = STDERR_FILENO;
    return;
  }
  file_ = UniqueFd(::open(destination.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file_) throw Failure("create " + destination, errno);
  fd_ = file_.get();
}

void EventWriter::write(Word event, const std::string& members) {
  if (fd_ < 0) return;
  std::string line;
  Event(event).append_json(line);
  if (!members.empty()) line.insert(line.size() - 2, "," + members);
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t written = ::write(fd_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    // Nobody reads our events any more: the work itself is worth finishing all the same.
    if (written < 0) return;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace echo

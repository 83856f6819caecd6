#include "lab/scenario/source_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "lab/base/text.h"

namespace echolab::scenario {

namespace {

std::size_t count_code_points(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// Length of the well-formed sequence at the start (Unicode 15, table 3-7), 0 when there is none.
std::size_t utf8_sequence(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(text[i])); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t size = lead >= 0xc2 && lead <= 0xdf   ? 2
                           : (lead & 0xf0) == 0xe0        ? 3
                           : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                          : 0;
  if (size == 0 || text.size() < size) return 0;
  unsigned low = 0x80, high = 0xbf;
  if (lead == 0xe0) low = 0xa0;   // no overlong forms
  if (lead == 0xed) high = 0x9f;  // no surrogates
  if (lead == 0xf0) low = 0x90;
  if (lead == 0xf4) high = 0x8f;  // nothing above U+10FFFF
  if (byte(1) < low || byte(1) > high) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  return size;
}

}  // namespace

SourceText::SourceText(std::string_view bytes) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (bytes.starts_with(byte_order_mark)) bytes.remove_prefix(byte_order_mark.size());
  text_ = bytes;
  line_starts_.push_back(0);
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') line_starts_.push_back(i + 1);
  }
}

std::size_t SourceText::line_of(std::size_t offset) const {
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return static_cast<std::size_t>(after - line_starts_.begin());
}

SourceSpan SourceText::span(std::size_t offset, std::size_t bytes) const {
  offset = std::min(offset, text_.size());
  // The end of the file is shown at the end of its last line that has text, not on an empty line after it.
  if (offset == text_.size()) {
    while (offset > 0 && (text_[offset - 1] == '\n' || text_[offset - 1] == '\r')) --offset;
  }
  const std::size_t line = line_of(offset);
  const std::size_t start = line_starts_[line - 1];
  const std::string_view rest = std::string_view(text_).substr(offset, bytes);
  const std::size_t length = count_code_points(rest.substr(0, rest.find_first_of("\r\n")));
  return {line, count_code_points(std::string_view(text_).substr(start, offset - start)) + 1,
          std::max<std::size_t>(1, length)};
}

std::vector<Diagnostic> find_bad_bytes(const SourceText& source) {
  const std::string_view text = source.text();
  if (text.size() > max_file_bytes) {
    return {{{},
             fmt::format("the file has {} bytes; a scenario has at most {} (256 KiB)", with_thousands(text.size()),
                         with_thousands(max_file_bytes)),
             ""}};
  }
  bool at_line_start = true;
  for (std::size_t i = 0; i < text.size();) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    const std::size_t size = utf8_sequence(text.substr(i));
    if (size == 0) {
      return {{source.span(i, 1), fmt::format("byte 0x{:02x} is not valid UTF-8", c),
               "save the file as UTF-8 (a Korean Windows editor may have written CP949 or UTF-16)"}};
    }
    if (c == '\t' && at_line_start) {
      return {{source.span(i, 1), "a tab begins this line", "YAML indents with spaces: use two for each level"}};
    }
    if (c == '\r' && text.substr(i + 1, 1) != "\n") {
      return {{source.span(i, 1), "a carriage return without a line feed",
               "end lines with LF or CR LF; old Mac line ends are not understood"}};
    }
    // YAML 1.2, 5.1: no other C0 control, no DEL. yaml-cpp would take 0x04 for the end of the file.
    if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f) {
      return {{source.span(i, 1), fmt::format("control character 0x{:02x} in the file", c),
               c == 0 ? "text files contain no NUL bytes; is this a scenario, saved as UTF-8?"
                      : "remove it; inside a double-quoted text it can be written as an escape such as \"\\x04\""}};
    }
    at_line_start = c == '\n';
    i += size;
  }
  return {};
}

}  // namespace echolab::scenario

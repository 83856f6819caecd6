#include "lab/picture/transcript.h"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <optional>
#include <string>

#include "lab/base/cp949.h"
#include "lab/base/text.h"
#include "lab/base/unicode.h"

namespace echolab::picture {

namespace {

constexpr char escape = '\x1b';
// A cluster with more marks than any language stacks is an attack on the neighbouring lines.
constexpr int most_code_points = 6;

struct CodePoint {
  utf8proc_int32_t value = -1;  // -1: a byte that is no UTF-8
  std::size_t size = 1;
};

CodePoint code_point_at(std::string_view text, std::size_t at) {
  CodePoint point;
  const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at),
                                     static_cast<utf8proc_ssize_t>(text.size() - at), &point.value);
  if (size <= 0) return {};
  point.size = static_cast<std::size_t>(size);
  return point;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

class LineReader {
 public:
  LineReader(std::string_view line, const std::function<void(const Step&)>& step) : text_(line), step_(step) {}

  void read() {
    for (std::size_t at = 0; at < text_.size();) {
      const char c = text_[at];
      if (c == escape) {
        at = read_escape(at);
      } else if (c == '\r' || c == '\b' || c == '\t') {
        step_({c == '\r' ? Step::Kind::carriage_return : c == '\b' ? Step::Kind::backspace : Step::Kind::tab, {}, 0});
        ++at;
      } else if (c >= ' ' && c <= '~' && is_ascii(text_.substr(at + 1, 1))) {
        put(text_.substr(at, 1), 1);  // no mark can follow
        ++at;
      } else {
        at = read_cluster(at);
      }
    }
  }

 private:
  void put(std::string_view text, int width) {
    if (in_string_) {
      show(text);
    } else {
      step_({Step::Kind::character, text, width});
    }
  }
  void show(std::string_view hidden) {
    const std::string visible = escape_for_terminal(hidden);
    for (std::size_t at = 0; at < visible.size();) {
      const std::size_t size = code_point_at(visible, at).size;
      const std::string_view character = std::string_view(visible).substr(at, size);
      step_({Step::Kind::escape, character, std::max(1, static_cast<int>(display_width(character)))});
      at += size;
    }
  }

  std::size_t read_cluster(std::size_t begin) {
    const CodePoint first = code_point_at(text_, begin);
    const std::string_view one = text_.substr(begin, first.size);
    if (first.value == '\a') in_string_ = false;  // ends what ESC ] began
    // Controls, overrides of direction, bytes of no meaning, and marks that would hang on what another program wrote.
    if (first.value < 0 || escape_for_terminal(one) != one || utf8proc_charwidth(first.value) == 0) {
      show_code_point(first, one);
      return begin + first.size;
    }
    std::size_t end = begin + first.size;
    int width = utf8proc_charwidth(first.value);
    utf8proc_int32_t last = first.value, state = 0;
    for (int points = 1; end < text_.size() && points < most_code_points; ++points) {
      const CodePoint next = code_point_at(text_, end);
      if (next.value < 0 || utf8proc_grapheme_break_stateful(last, next.value, &state)) break;
      const std::string_view mark = text_.substr(end, next.size);
      if (escape_for_terminal(mark) != mark) break;
      width = std::max(width, utf8proc_charwidth(next.value));
      last = next.value;
      end += next.size;
    }
    put(text_.substr(begin, end - begin), width);
    return end;
  }

  void show_code_point(const CodePoint& point, std::string_view text) {
    const std::string visible = escape_for_terminal(text);
    if (visible != text || point.value < 0) return show(text);
    // A mark that is printable but has nothing to stand on.
    show(fmt::format("\\u{:04x}", point.value));
  }

  // Of a sequence that begins at `begin`, whole or broken off. Structure as in ECMA-48 5.3 to 5.6.
  std::size_t read_escape(std::size_t begin) {
    std::size_t at = begin + 1;
    const auto skip = [&](char low, char high) {
      while (at < text_.size() && text_[at] >= low && text_[at] <= high) ++at;
    };
    const auto take = [&](char low, char high) {
      const bool there = at < text_.size() && text_[at] >= low && text_[at] <= high;
      if (there) ++at;
      return there;
    };
    if (take('[', '[')) {
      const std::size_t parameters = at;
      skip(' ', '?');
      const std::string_view between = text_.substr(parameters, at - parameters);
      if (take('@', '~') && text_[at - 1] == 'm' && !in_string_ &&
          between.find_first_not_of("0123456789;:") == std::string_view::npos) {
        step_({Step::Kind::colours, between, 0});
        return at;
      }
    } else if (at < text_.size() && std::string_view("]PX^_").find(text_[at]) != std::string_view::npos) {
      ++at;  // a control string: what follows is no text, to its end or the line's
      show(text_.substr(begin, at - begin));
      in_string_ = true;
      return at;
    } else {
      skip(' ', '/');
      if (take('0', '~') && text_[at - 1] == '\\') in_string_ = false;  // ST
    }
    show(text_.substr(begin, at - begin));
    return at;
  }

  std::string_view text_;
  const std::function<void(const Step&)>& step_;
  bool in_string_ = false;
};

void read_line(std::string_view line, const std::function<void(const Step&)>& step) {
  std::optional<std::string> decoded;
  if (is_utf8(line))
    decoded = line;
  else
    decoded = from_cp949(line);
  // Composed: names typed on a Mac come as single letters of Hangul, which fonts do not put together.
  if (decoded && !is_ascii(*decoded)) decoded = to_nfc(*decoded);
  LineReader(decoded ? *decoded : line, step).read();
}

}  // namespace

void read_transcript(std::string_view bytes, const std::function<void(const Step&)>& step) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    read_line(bytes.substr(0, end), step);
    if (end == std::string_view::npos) return;
    step({Step::Kind::new_line, {}, 0});
    bytes.remove_prefix(end + 1);
  }
}

}  // namespace echolab::picture

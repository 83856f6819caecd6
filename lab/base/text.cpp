#include "lab/base/text.h"

#include <fmt/format.h>
#include <utf8proc.h>

namespace echolab {

namespace {

struct Character {
  std::int32_t code_point;  // -1 for a byte that is not valid UTF-8
  std::size_t size;
};

Character next_character(std::string_view text) {
  utf8proc_int32_t code_point = -1;
  const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                     static_cast<utf8proc_ssize_t>(text.size()), &code_point);
  if (size <= 0) return {-1, 1};
  return {code_point, static_cast<std::size_t>(size)};
}

bool is_printable(std::int32_t code_point) {
  if (code_point < 0) return false;
  switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_CC:  // controls
    case UTF8PROC_CATEGORY_CF:  // format: bidirectional overrides, zero-width characters
    case UTF8PROC_CATEGORY_CN:  // not assigned
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return false;
    default:
      return true;
  }
}

}  // namespace

std::size_t display_width(std::string_view utf8) {
  std::size_t width = 0;
  while (!utf8.empty()) {
    const Character c = next_character(utf8);
    width += c.code_point < 0 ? 1 : static_cast<std::size_t>(utf8proc_charwidth(c.code_point));
    utf8.remove_prefix(c.size);
  }
  return width;
}

std::string pad_right(std::string_view utf8, std::size_t columns) {
  const std::size_t width = display_width(utf8);
  return std::string(utf8) + std::string(columns > width ? columns - width : 0, ' ');
}

std::string pad_left(std::string_view utf8, std::size_t columns) {
  const std::size_t width = display_width(utf8);
  return std::string(columns > width ? columns - width : 0, ' ') + std::string(utf8);
}

std::string cut_to_width(std::string_view utf8, std::size_t columns) {
  if (display_width(utf8) <= columns) return std::string(utf8);
  if (columns == 0) return {};
  std::string out;
  std::size_t width = 0;
  for (const std::string_view character : split_characters(utf8)) {
    width += display_width(character);
    if (width > columns - 1) break;
    out += character;
  }
  return out + "…";
}

std::vector<std::string_view> split_characters(std::string_view utf8) {
  std::vector<std::string_view> characters;
  while (!utf8.empty()) {
    const Character c = next_character(utf8);
    characters.push_back(utf8.substr(0, c.size));
    utf8.remove_prefix(c.size);
  }
  return characters;
}

std::string escape_for_terminal(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const Character c = next_character(bytes);
    if (is_printable(c.code_point)) {
      out += bytes.substr(0, c.size);
    } else if (c.code_point == '\n') {
      out += "\\n";
    } else if (c.code_point == '\r') {
      out += "\\r";
    } else if (c.code_point == '\t') {
      out += "\\t";
    } else if (c.code_point >= 0x80) {
      out += fmt::format("\\u{:04x}", c.code_point);
    } else {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(bytes[0]));
    }
    bytes.remove_prefix(c.size);
  }
  return out;
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

std::string with_thousands(std::uint64_t number) {
  std::string text = fmt::format("{}", number);
  for (std::size_t i = text.size(); i > 3;) text.insert(i -= 3, 1, ',');
  return text;
}

std::string counted(std::uint64_t count, std::string_view singular, std::string_view plural) {
  return with_thousands(count).append(" ").append(count == 1 ? singular : plural);
}

std::string humanize_bytes(std::uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{} B", bytes);
  double value = static_cast<double>(bytes) / 1024;
  for (const std::string_view unit : {"KiB", "MiB", "GiB"}) {
    if (value < 1024 || unit == "GiB") return fmt::format("{:.1f} {}", value, unit);
    value /= 1024;
  }
  return {};
}

}  // namespace echolab

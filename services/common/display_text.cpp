#include "services/common/display_text.h"

#include <utf8proc.h>

#include <cstdint>

namespace echo {

namespace {

struct Character {
  std::int32_t code_point = -1;  // -1: the byte is no valid UTF-8
  std::size_t size = 1;
};

Character first_character(std::string_view text) {
  utf8proc_int32_t code_point = -1;
  const utf8proc_ssize_t size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                                 static_cast<utf8proc_ssize_t>(text.size()), &code_point);
  if (size <= 0) return {};
  return {code_point, static_cast<std::size_t>(size)};
}

bool is_printable(std::int32_t code_point) {
  switch (utf8proc_category(code_point)) {
    case UTF8PROC_CATEGORY_CC:  // controls
    case UTF8PROC_CATEGORY_CF:  // bidirectional overrides, zero-width characters
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return false;
    default:
      return true;
  }
}

void append_hex(std::string& out, std::uint32_t value, int digits) {
  constexpr std::string_view hex = "0123456789abcdef";
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) out += hex[(value >> shift) & 15];
}

void append_escape(std::string& out, const Character& character, unsigned char byte) {
  if (character.code_point == '\n') {
    out += "\\n";
  } else if (character.code_point == '\r') {
    out += "\\r";
  } else if (character.code_point == '\t') {
    out += "\\t";
  } else if (character.code_point >= 0x80) {
    out += "\\u";
    append_hex(out, static_cast<std::uint32_t>(character.code_point), character.code_point > 0xffff ? 6 : 4);
  } else {
    out += "\\x";
    append_hex(out, byte, 2);
  }
}

// Fewer than four bytes at the end of an excerpt may be the beginning of a character that was cut.
bool is_cut_character(std::string_view rest) {
  const auto lead = static_cast<unsigned char>(rest[0]);
  const std::size_t need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;
  return rest.size() < need;
}

// Printable ASCII, up to `most` characters: nearly all text is, and needs no tables.
std::size_t plain_beginning(std::string_view text, std::size_t most) {
  std::size_t size = 0;
  while (size < text.size() && size < most && text[size] >= 0x20 && text[size] < 0x7f) ++size;
  return size;
}

}  // namespace

void append_display_text(std::string& out, std::string_view bytes, std::size_t total, std::size_t max_characters) {
  const bool excerpt = total > bytes.size();
  std::size_t characters = 0;
  while (!bytes.empty() && characters < max_characters) {
    if (const std::size_t plain = plain_beginning(bytes, max_characters - characters); plain > 0) {
      out += bytes.substr(0, plain);
      bytes.remove_prefix(plain);
      characters += plain;
      continue;
    }
    const Character character = first_character(bytes);
    if (character.code_point < 0 && excerpt && is_cut_character(bytes)) break;
    if (character.code_point >= 0 && is_printable(character.code_point)) {
      out += bytes.substr(0, character.size);
    } else {
      append_escape(out, character, static_cast<unsigned char>(bytes[0]));
    }
    bytes.remove_prefix(character.size);
    ++characters;
  }
  if (bytes.empty() && !excerpt) return;
  std::string size = std::to_string(total);
  for (std::size_t i = size.size(); i > 3;) size.insert(i -= 3, 1, ',');
  out += " … (" + size + " bytes)";
}

}  // namespace echo

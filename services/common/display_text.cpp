#include "services/common/display_text.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

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

// What stands for a byte that is a character of its own, or none: itself, "\\n" or "\\x1b".
struct Shown {
  std::array<char, 4> text{};
  std::uint8_t size = 4;
};

constexpr std::string_view hex = "0123456789abcdef";

constexpr auto shown_bytes = [] {
  std::array<Shown, 256> all{};
  for (std::size_t byte = 0; byte < all.size(); ++byte) {
    all[byte].text = {'\\', 'x', hex[byte >> 4], hex[byte & 15]};
    if (byte >= 0x20 && byte < 0x7f) all[byte] = {{static_cast<char>(byte)}, 1};
  }
  all['\n'] = {{'\\', 'n'}, 2};
  all['\r'] = {{'\\', 'r'}, 2};
  all['\t'] = {{'\\', 't'}, 2};
  return all;
}();

// Whether a byte, of which `next` is the one after it, belongs to no longer character: ASCII, what never begins one
// (RFC 3629), or a beginning without its continuation. It spares the decoder, which is slow to say no, most bytes of a
// binary payload, and has no branches: such bytes can't be foretold.
bool stands_alone(char byte, char next) {
  const auto lead = static_cast<unsigned char>(byte);
  return (static_cast<int>(lead < 0xc2) | static_cast<int>(lead > 0xf4) |
          static_cast<int>((static_cast<unsigned char>(next) & 0xc0) != 0x80)) != 0;
}

// Text on its way into a string, by way of the stack: a payload of control bytes would else be a call a byte.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() { flush(); }

  void put(std::string_view text) {
    if (text.size() > buffer_.size() - size_) flush();
    if (text.size() > buffer_.size()) {
      out_ += text;
    } else {
      std::memcpy(buffer_.data() + size_, text.data(), text.size());
      size_ += text.size();
    }
  }
  void put_byte(unsigned char byte) {
    const Shown& shown = shown_bytes[byte];
    if (buffer_.size() - size_ < sizeof shown.text) flush();
    std::memcpy(buffer_.data() + size_, shown.text.data(), sizeof shown.text);
    size_ += shown.size;
  }
  // Bytes that stand alone, from the beginning of `text` on, at most `most`; three are left, for they may belong to a
  // character that was cut. Returns how many they were.
  std::size_t put_lone_bytes(std::string_view text, std::size_t most) {
    most = std::min({most, text.size() - std::min<std::size_t>(text.size(), 3), buffer_.size() / sizeof(Shown::text)});
    if (buffer_.size() - size_ < most * sizeof(Shown::text)) flush();
    char* out = buffer_.data() + size_;
    std::size_t count = 0;
    for (; count < most && stands_alone(text[count], text[count + 1]); ++count) {
      const Shown& shown = shown_bytes[static_cast<unsigned char>(text[count])];
      std::memcpy(out, shown.text.data(), sizeof shown.text);
      out += shown.size;
    }
    size_ = static_cast<std::size_t>(out - buffer_.data());
    return count;
  }
  void put_code_point(std::uint32_t code_point) {
    std::array<char, 8> text{'\\', 'u'};
    const int digits = code_point > 0xffff ? 6 : 4;
    for (int i = 0; i < digits; ++i)
      text[static_cast<std::size_t>(2 + i)] = hex[(code_point >> (digits - 1 - i) * 4) & 15];
    put({text.data(), static_cast<std::size_t>(2 + digits)});
  }

 private:
  void flush() {
    out_.append(buffer_.data(), size_);
    size_ = 0;
  }

  std::string& out_;
  std::array<char, 512> buffer_;
  std::size_t size_ = 0;
};

// Fewer than four bytes at the end of an excerpt may be the beginning of a character that was cut.
bool is_cut_character(std::string_view rest) {
  const auto lead = static_cast<unsigned char>(rest[0]);
  const std::size_t need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;
  return rest.size() < need;
}

}  // namespace

void append_display_text(std::string& out, std::string_view bytes, std::size_t total, std::size_t max_characters) {
  const bool excerpt = total > bytes.size();
  {
    Writer writer(out);
    for (std::size_t characters = 0; !bytes.empty() && characters < max_characters;) {
      if (const std::size_t count = writer.put_lone_bytes(bytes, max_characters - characters); count > 0) {
        bytes.remove_prefix(count);
        characters += count;
        continue;
      }
      const Character character = first_character(bytes);
      if (character.code_point < 0 && excerpt && is_cut_character(bytes)) break;
      if (character.code_point < 0x80) {
        writer.put_byte(static_cast<unsigned char>(bytes[0]));
      } else if (is_printable(character.code_point)) {
        writer.put(bytes.substr(0, character.size));
      } else {
        writer.put_code_point(static_cast<std::uint32_t>(character.code_point));
      }
      bytes.remove_prefix(character.size);
      ++characters;
    }
  }
  if (bytes.empty() && !excerpt) return;
  std::string size = std::to_string(total);
  for (std::size_t i = size.size(); i > 3;) size.insert(i -= 3, 1, ',');
  out += " … (" + size + " bytes)";
}

}  // namespace echo

#include "lab/base/cp949.h"

#include <iconv.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include "lab/base/error.h"

namespace echolab {

namespace {

class Converter {
 public:
  Converter(const char* to, const char* from) : handle_(::iconv_open(to, from)) {
    if (handle_ == failed()) {
      throw EnvironmentError(std::string("convert text from ") + from + " to " + to, errno_text(errno),
                             "the C library's character set modules (gconv) are missing");
    }
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  ~Converter() { ::iconv_close(handle_); }
  iconv_t get() const { return handle_; }

 private:
  static iconv_t failed() { return reinterpret_cast<iconv_t>(std::intptr_t{-1}); }  // iconv_open(3)
  iconv_t handle_;
};

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// nullopt unless every character has an exact counterpart; `most` bytes are enough for the result.
std::optional<std::string> convert(std::string_view text, const char* to_charset, const char* from_charset,
                                   std::size_t most) {
  const Converter converter(to_charset, from_charset);
  std::string in(text);
  std::string out(most, '\0');
  char* from = in.data();
  char* to = out.data();
  std::size_t from_left = in.size(), to_left = out.size();
  // A count of characters that were replaced is a failure too: the bytes would not be those that a console sends.
  if (::iconv(converter.get(), &from, &from_left, &to, &to_left) != 0 || from_left != 0) return std::nullopt;
  out.resize(out.size() - to_left);
  return out;
}

}  // namespace

std::optional<std::string> to_cp949(std::string_view utf8) {
  if (is_ascii(utf8)) return std::string(utf8);
  return convert(utf8, "CP949", "UTF-8", utf8.size());  // never longer: two bytes for what had two or more
}

std::optional<std::string> from_cp949(std::string_view bytes) {
  if (is_ascii(bytes)) return std::string(bytes);
  return convert(bytes, "UTF-8", "CP949", bytes.size() / 2 * 3 + 1);  // three bytes at most for a character of two
}

}  // namespace echolab

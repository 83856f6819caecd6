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
  Converter() : handle_(::iconv_open("CP949", "UTF-8")) {
    if (handle_ == failed()) {
      throw EnvironmentError("convert text to CP949", errno_text(errno),
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

}  // namespace

std::optional<std::string> to_cp949(std::string_view utf8) {
  const bool ascii = std::all_of(utf8.begin(), utf8.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (ascii) return std::string(utf8);
  const Converter converter;
  std::string in(utf8);
  std::string out(utf8.size(), '\0');  // never longer: ASCII keeps one byte, all else has two, at least two before
  char* from = in.data();
  char* to = out.data();
  std::size_t from_left = in.size(), to_left = out.size();
  // A count of characters that were replaced is a failure too: the bytes would not be those that a console sends.
  if (::iconv(converter.get(), &from, &from_left, &to, &to_left) != 0 || from_left != 0) return std::nullopt;
  out.resize(out.size() - to_left);
  return out;
}

}  // namespace echolab

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace echolab {

// UTF-8 in code page 949, what a Korean Windows console sends; nullopt when the text is no UTF-8 or holds a character
// that the code page lacks. Throws EnvironmentError when the C library has no converter.
std::optional<std::string> to_cp949(std::string_view utf8);
// The other way; nullopt when the bytes are not of that code page.
std::optional<std::string> from_cp949(std::string_view bytes);

}  // namespace echolab

#pragma once
// Unicode's equivalences, for text that people typed on different systems: macOS decomposes Hangul in names, Windows
// doesn't, and file systems differ in whether case matters.

#include <string>
#include <string_view>

namespace echolab {

bool is_utf8(std::string_view bytes);
// Composed, decomposed (UAX #15). Text that is no UTF-8 comes back as it was.
std::string to_nfc(std::string_view utf8);
std::string to_nfd(std::string_view utf8);
// Equal for texts that differ only in case or composition; for comparing, not for showing.
std::string fold_case(std::string_view utf8);

}  // namespace echolab

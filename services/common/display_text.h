#pragma once
// Payload bytes as people see them in a terminal.

#include <cstddef>
#include <string>
#include <string_view>

namespace echo {

// Appends printable UTF-8 as it is and everything else as \n, \t, \x1b, \u202e: a payload must not drive the terminal.
// At most max_characters characters; when bytes are left over, or `total` says that more exist than are at hand, the
// rest is told as " … (1,472 bytes)".
void append_display_text(std::string& out, std::string_view bytes, std::size_t total, std::size_t max_characters = 120);

}  // namespace echo

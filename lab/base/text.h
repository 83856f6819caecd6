#pragma once
// Text for people: widths with Korean characters, and escapes that keep hostile text from driving a terminal.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace echolab {

// Columns on a terminal: East Asian wide characters count 2, combining marks 0 (UAX #11, ambiguous = 1).
std::size_t display_width(std::string_view utf8);
// Pads with spaces on the right to that many columns; longer text is returned whole.
std::string pad_right(std::string_view utf8, std::size_t columns);
std::string pad_left(std::string_view utf8, std::size_t columns);
// Cuts to at most that many columns, the last one being "…" when something was cut.
std::string cut_to_width(std::string_view utf8, std::size_t columns);

// Code points one by one; a byte that is not valid UTF-8 stands alone.
std::vector<std::string_view> split_characters(std::string_view utf8);

// Printable UTF-8 stays; controls, bidirectional overrides and invalid bytes become \n, \t, \x1b, \u202e.
// A backslash stays as it is: the result is for eyes, not for parsing back.
std::string escape_for_terminal(std::string_view bytes);

std::string to_hex(std::span<const std::uint8_t> bytes);
// Grouped for people: "1,048,576".
std::string with_thousands(std::uint64_t number);
// "1 packet", "3,000 packets"
std::string counted(std::uint64_t count, std::string_view singular, std::string_view plural);
// "1.0 MiB", "512 B"
std::string humanize_bytes(std::uint64_t bytes);

}  // namespace echolab

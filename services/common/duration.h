#pragma once
// Durations as the command lines write them.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace echo {

// "250us", "100ms", "1.5s", "2m", "0"; nullopt for anything else, negatives and overflow.
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);
// For people, three significant digits: "14.4 us", "1.23 ms".
std::string describe_duration(std::chrono::nanoseconds duration);

}  // namespace echo

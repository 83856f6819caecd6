#include "services/common/duration.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace echo {

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  double value = 0;
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (failure != std::errc() || !(value >= 0)) return std::nullopt;
  const std::string_view unit(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
  double factor = 0;
  if (unit == "ns") {
    factor = 1;
  } else if (unit == "us") {
    factor = 1e3;
  } else if (unit == "ms") {
    factor = 1e6;
  } else if (unit == "s") {
    factor = 1e9;
  } else if (unit == "m") {
    factor = 60e9;
  } else if (!(unit.empty() && value == 0)) {
    return std::nullopt;
  }
  const double nanoseconds = std::round(value * factor);
  constexpr double limit = 365.0 * 24 * 3600 * 1e9;  // far below the overflow of time points
  if (nanoseconds > limit) return std::nullopt;
  return std::chrono::nanoseconds(static_cast<std::int64_t>(nanoseconds));
}

std::string describe_duration(std::chrono::nanoseconds duration) {
  struct Unit {
    const char* name;
    double nanoseconds;
  };
  constexpr std::array<Unit, 4> units{{{"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}}};
  const auto count = static_cast<double>(duration.count());
  const Unit* chosen = &units.back();
  for (const Unit& unit : units) {
    if (count >= unit.nanoseconds) {
      chosen = &unit;
      break;
    }
  }
  const double value = count / chosen->nanoseconds;
  const int decimals = value >= 100 || value == std::floor(value) ? 0 : value >= 10 ? 1 : 2;
  char text[48];
  std::snprintf(text, sizeof text, "%.*f %s", decimals, value, chosen->name);
  return text;
}

}  // namespace echo

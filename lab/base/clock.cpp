#include "lab/base/clock.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace echolab {

namespace {

using Unit = std::pair<std::string_view, std::int64_t>;
constexpr std::array<Unit, 6> units{{{"ns", 1},
                                     {"us", 1'000},
                                     {"ms", 1'000'000},
                                     {"s", 1'000'000'000},
                                     {"m", 60'000'000'000},
                                     {"h", 3'600'000'000'000}}};

}  // namespace

std::chrono::milliseconds Deadline::left(Monotonic now) const {
  if (now >= at_) return std::chrono::milliseconds(0);
  return std::chrono::ceil<std::chrono::milliseconds>(at_ - now);
}

std::optional<Nanoseconds> parse_duration(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (text.empty() || error != std::errc{} || number < 0) return std::nullopt;
  const std::string_view suffix(rest, static_cast<std::size_t>(end - rest));
  for (const auto& [name, nanoseconds] : units) {
    if (suffix != name) continue;
    const double total = number * static_cast<double>(nanoseconds);
    if (!(total < 9.2e18)) return std::nullopt;
    return Nanoseconds(std::llround(total));
  }
  return std::nullopt;
}

std::string format_duration(Nanoseconds duration) {
  const std::int64_t count = duration.count();
  // Largest unit up to seconds that divides exactly; minutes and hours read worse than seconds in tables.
  for (std::size_t i = 4; i-- > 1;) {
    if (count != 0 && count % units[i].second == 0) return fmt::format("{}{}", count / units[i].second, units[i].first);
  }
  return count == 0 ? "0s" : fmt::format("{}ns", count);
}

std::string humanize_duration(Nanoseconds duration) {
  const double ns = static_cast<double>(duration.count());
  const auto with_unit = [](double value, std::string_view unit) {
    const int decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
    return fmt::format("{:.{}f} {}", value, decimals, unit);
  };
  if (ns < 1e3) return fmt::format("{:.0f} ns", ns);
  if (ns < 1e6) return with_unit(ns / 1e3, "µs");
  if (ns < 1e9) return with_unit(ns / 1e6, "ms");
  return with_unit(ns / 1e9, "s");
}

std::string format_rfc3339(WallTime time) {
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(milliseconds);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                     (milliseconds - seconds).count());
}

}  // namespace echolab

#include "lab/scenario/scalar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

namespace echolab::scenario {

namespace {

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (!all_digits(text.substr(negative ? 1 : 0))) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    return negative ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
  }
  return value;
}

std::optional<std::uint64_t> parse_unsigned(std::string_view text) {
  std::uint64_t value = 0;
  if (!all_digits(text)) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  return value;
}

std::optional<double> parse_number(std::string_view text) {
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  // Not "inf", "nan" or ".5": what JSON and YAML agree on.
  if (first >= text.size() || text[first] < '0' || text[first] > '9' || text.back() == '.') return std::nullopt;
  double value = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  if (end != last) return std::nullopt;
  if (error == std::errc::result_out_of_range) return std::numeric_limits<double>::infinity();
  return value;
}

std::optional<bool> parse_boolean(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, int>, 4> units{{{"KiB", 10}, {"MiB", 20}, {"GiB", 30}, {"B", 0}}};
  for (const auto& [unit, shift] : units) {
    if (!text.ends_with(unit)) continue;
    const std::string_view digits = text.substr(0, text.size() - unit.size());
    if (!all_digits(digits)) return std::nullopt;
    const auto number = parse_unsigned(digits);
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    return !number || *number > most >> shift ? most : *number << shift;
  }
  return std::nullopt;
}

std::optional<Amount> parse_amount(std::string_view text) {
  const bool percent = text.ends_with('%');
  if (percent) text.remove_suffix(1);
  if (text.find_first_not_of(percent ? "0123456789." : "0123456789") != std::string_view::npos) return std::nullopt;
  const auto value = parse_number(text);
  return value ? std::optional(Amount{*value, percent}) : std::nullopt;
}

}  // namespace echolab::scenario

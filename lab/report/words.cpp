#include "lab/report/words.h"

#include <fmt/format.h>

#include <algorithm>

#include "lab/base/clock.h"
#include "lab/base/text.h"

namespace echolab::report {

Emphasis emphasis_of(verify::Outcome outcome) {
  switch (outcome) {
    case verify::Outcome::passed:
      return Emphasis::good;
    case verify::Outcome::failed:
      return Emphasis::bad;
    case verify::Outcome::inconclusive:
      return Emphasis::warning;
    case verify::Outcome::not_run:
      return Emphasis::dim;
  }
  return Emphasis::none;
}

std::string_view verdict_word(verify::Outcome outcome) {
  switch (outcome) {
    case verify::Outcome::passed:
      return "PASSED";
    case verify::Outcome::failed:
      return "FAILED";
    case verify::Outcome::inconclusive:
      return "INCONCLUSIVE";
    case verify::Outcome::not_run:
      return "NOTHING RAN";
  }
  return "";
}

std::string_view finding_word(verify::Outcome outcome) {
  switch (outcome) {
    case verify::Outcome::inconclusive:
      return "UNCLEAR";
    case verify::Outcome::not_run:
      return "NOT RUN";
    default:
      return verdict_word(outcome);
  }
}

std::string round_trip_text(std::uint64_t nanoseconds) {
  return nanoseconds == 0 ? "-" : humanize_duration(Nanoseconds(static_cast<std::int64_t>(nanoseconds)));
}

std::string frame_filter(std::span<const std::uint64_t> packets) {
  constexpr std::size_t most_packets = 2;  // a request and its reply come first
  std::string filter;
  for (const std::uint64_t packet : packets.first(std::min(packets.size(), most_packets))) {
    filter += fmt::format("{}frame.number=={}", filter.empty() ? "" : " || ", packet);
  }
  return filter;
}

std::string shell_word(std::string_view text) {
  const std::string shown = escape_for_terminal(text);
  const bool plain = !shown.empty() && std::all_of(shown.begin(), shown.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/._-+:@%,=").find(c) != std::string_view::npos || (c & '\x80') != 0;
  });
  if (plain && shown.front() != '-') return shown;
  std::string quoted = "'";
  for (const char c : shown) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace echolab::report

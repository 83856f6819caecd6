#include "services/capture_agent/sentinel.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <cerrno>

#include "services/common/failure.h"

namespace echo {

namespace {
constexpr std::array<std::uint8_t, 14> header{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02,
                                              0xec, 0x40, 0x1a, 0xb0, 0x00, 0x88, 0xb5};
}

std::string_view to_string(Which which) {
  return which == Which::begin ? "begin" : "end";
}

SentinelFrame make_sentinel(Which which, std::string_view nonce) {
  SentinelFrame frame{};
  const auto text = fmt::format("echolab sentinel {} {}", to_string(which), nonce);
  const auto payload = std::copy(header.begin(), header.end(), frame.begin());
  std::copy_n(text.begin(), std::min(text.size(), sentinel_size - header.size()), payload);
  return frame;
}

std::optional<Which> recognise_sentinel(std::span<const std::uint8_t> frame, std::string_view nonce) {
  // Asked of every packet of a capture, so what is none must be told at once.
  if (frame.size() < sentinel_size || !std::equal(header.begin(), header.end(), frame.begin())) return std::nullopt;
  for (const Which which : {Which::begin, Which::end}) {
    const SentinelFrame expected = make_sentinel(which, nonce);
    if (std::equal(expected.begin(), expected.end(), frame.begin())) return which;
  }
  return std::nullopt;
}

bool is_nonce(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  return text.size() == 16 && text.find_first_not_of(digits) == std::string_view::npos;
}

std::string random_nonce() {
  std::uint64_t value = 0;
  if (::getrandom(&value, sizeof value, 0) != static_cast<ssize_t>(sizeof value)) throw Failure("getrandom", errno);
  return fmt::format("{:016x}", value);
}

}  // namespace echo

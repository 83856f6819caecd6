#pragma once
// Frames that no node sends, which prove where in a capture the proof begins and ends (docs/events.md).

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace echo {

enum class Which : std::uint8_t { begin, end };
std::string_view to_string(Which which);  // "begin", "end"

// destination ff:ff:ff:ff:ff:ff | source 02:ec:40:1a:b0:00 | type 0x88B5 | "echolab sentinel begin <nonce>" |
// zeros 60 bytes: the minimum Ethernet frame (IEEE Std 802.3) without its check sequence.
constexpr std::size_t sentinel_size = 60;
using SentinelFrame = std::array<std::uint8_t, sentinel_size>;

// `nonce`: 16 hexadecimal digits.
SentinelFrame make_sentinel(Which which, std::string_view nonce);

// Which sentinel of that nonce a frame is; the frame may be longer (a link can pad) but not shorter.
std::optional<Which> recognise_sentinel(std::span<const std::uint8_t> frame, std::string_view nonce);

bool is_nonce(std::string_view text);
std::string random_nonce();  // from the kernel; throws Failure

}  // namespace echo

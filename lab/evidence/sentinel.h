#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "lab/capture/capture.h"

namespace echolab::evidence {

enum class Sentinel : std::uint8_t { begin, end };

// Which sentinel with this nonce the frame is (docs/events.md), if any.
std::optional<Sentinel> sentinel_of(const capture::Frame& frame, std::string_view nonce);

// What is said beside it in a capture; nothing about other frames.
std::span<const std::string> sentinel_comments(std::optional<Sentinel> sentinel);

}  // namespace echolab::evidence

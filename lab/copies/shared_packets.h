#pragma once
// Pairs of captures that hold the same packets.

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lab/copies/capture_print.h"

namespace echolab::copies {

struct SharedPackets {
  std::string reason;                 // one sentence
  std::vector<std::string> evidence;  // at most five pairs of packet numbers
};

// Indices of captures that have something in common, in order: candidates for compare(). Of many captures with the same
// thing each is paired with the first only, so that the work stays linear when a whole class hands in one file.
std::vector<std::pair<std::size_t, std::size_t>> pairs_in_common(const std::vector<CapturePrint>& captures);

// nullopt when independent captures may well look like that. `captures`: how many there are in the class; the more
// pairs, the more an accident needs to be improbable.
std::optional<SharedPackets> compare(const CapturePrint& first, const CapturePrint& second, std::size_t captures);

}  // namespace echolab::copies

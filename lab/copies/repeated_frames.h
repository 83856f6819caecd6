#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "lab/capture/capture.h"

namespace echolab::copies {

// Frames that stand in a capture twice, which the network did not do: the same bytes with the same IPv4 identification,
// either at the very same time or, several in a row, much later.
//
// Not counted: cooked captures ("any"), which see a packet at each device on its way, and captures in which more than a
// fourth of the frames is doubled at once, as drivers and mirror ports do. A retransmission has a new identification,
// or 0.
class RepeatedFrames {
 public:
  void add(const capture::Frame& frame);
  // A sentence, when there are any.
  std::optional<std::string> sign() const;

 private:
  struct Seen {
    std::uint64_t number = 0, order = 0;
    std::int64_t time_ns = 0;
  };

  std::unordered_map<std::uint64_t, Seen> seen_;  // by digest; forgets everything when it is full
  std::uint64_t frames_ = 0;                      // that were looked at
  std::uint64_t tick_ns_ = 0;
  std::int64_t last_ns_ = 0;
  std::uint64_t at_once_ = 0, later_ = 0;
  std::uint64_t first_at_once_[2] = {}, first_later_[2] = {};  // packet numbers: of the repetition, of the original
  // The last frame's original, when it was one that came much later.
  std::optional<Seen> last_original_;
  std::uint64_t last_number_ = 0;
};

}  // namespace echolab::copies

#pragma once
// What came of the messages of one client, or of all.

#include <cstdint>

#include "services/common/event.h"
#include "services/echo_client/rtt_samples.h"

namespace echo {

// How a datagram, or a stretch of the stream, relates to what was sent (docs/events.md).
enum class EchoStatus : std::uint8_t { echo, late, duplicate, altered, unsolicited };
Word word_of(EchoStatus status);

// Every message that was sent is in the end one of echoed, late, altered and lost.
struct ClientTally {
  std::uint64_t sent = 0, echoed = 0, lost = 0, late = 0, altered = 0, duplicated = 0, unsolicited = 0;
  RttSamples rtt;

  void count(EchoStatus status);
  void add(const ClientTally& other);
  void settle() { lost = sent - echoed - late - altered; }
  void add_to(Event& event) const;
};

}  // namespace echo

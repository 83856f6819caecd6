#include "services/echo_client/client_tally.h"

namespace echo {

Word word_of(EchoStatus status) {
  switch (status) {
    case EchoStatus::echo:
      return "echo";
    case EchoStatus::late:
      return "late";
    case EchoStatus::duplicate:
      return "duplicate";
    case EchoStatus::altered:
      return "altered";
    case EchoStatus::unsolicited:
      break;
  }
  return "unsolicited";
}

void ClientTally::count(EchoStatus status) {
  switch (status) {
    case EchoStatus::echo:
      ++echoed;
      break;
    case EchoStatus::late:
      ++late;
      break;
    case EchoStatus::duplicate:
      ++duplicated;
      break;
    case EchoStatus::altered:
      ++altered;
      break;
    case EchoStatus::unsolicited:
      ++unsolicited;
      break;
  }
}

void ClientTally::add(const ClientTally& other) {
  sent += other.sent;
  echoed += other.echoed;
  lost += other.lost;
  late += other.late;
  altered += other.altered;
  duplicated += other.duplicated;
  unsolicited += other.unsolicited;
  rtt.add(other.rtt);
}

void ClientTally::add_to(Event& event) const {
  event.number(Key::sent, sent)
      .number(Key::echoed, echoed)
      .number(Key::lost, lost)
      .number(Key::late, late)
      .number(Key::altered, altered)
      .number(Key::duplicated, duplicated)
      .number(Key::unsolicited, unsolicited);
  if (rtt.count() == 0) return;
  event.number(Key::rtt_min_ns, static_cast<std::uint64_t>(rtt.min()))
      .number(Key::rtt_p50_ns, static_cast<std::uint64_t>(rtt.percentile(50)))
      .number(Key::rtt_p99_ns, static_cast<std::uint64_t>(rtt.percentile(99)))
      .number(Key::rtt_max_ns, static_cast<std::uint64_t>(rtt.max()));
}

}  // namespace echo

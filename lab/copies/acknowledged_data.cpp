#include "lab/copies/acknowledged_data.h"

#include <fmt/format.h>

#include <algorithm>

#include "lab/base/text.h"

namespace echolab::copies {

namespace {

constexpr std::size_t max_followed = 4096, max_pieces = 1024;
// Beyond this an offset is one of before the SYN, or of a stream that is too long to follow in 32 bits.
constexpr std::uint32_t max_offset = std::uint32_t{1} << 30;

}  // namespace

void AcknowledgedData::add(const capture::TcpSegment& segment) {
  const Ends ends{segment.source, segment.destination};
  auto own = sent_.find(ends);
  if (segment.flags.syn && (own == sent_.end() || own->second.initial != segment.sequence)) {
    if (own != sent_.end()) {  // its ports are used again
      close(ends, own->second);
      sent_.erase(own);
    }
    if (sent_.size() >= max_followed) return;
    own = sent_.emplace(ends, Sent{.initial = segment.sequence, .syn_packet = segment.frame.number}).first;
  }
  if (own != sent_.end()) {
    const std::uint32_t begin = segment.flags.syn ? 0 : segment.sequence - own->second.initial - 1;
    const std::uint32_t length = segment.length + (segment.flags.fin ? 1u : 0u);
    if (length > 0 && begin < max_offset && length < max_offset) carry(own->second, begin, begin + length);
  }
  const auto other = sent_.find({segment.destination, segment.source});
  if (other == sent_.end() || !segment.flags.ack || segment.flags.rst) return;
  const std::uint32_t acknowledged = segment.acknowledgement - other->second.initial - 1;
  if (acknowledged >= max_offset || acknowledged <= other->second.acknowledged) return;
  other->second.acknowledged = acknowledged;
  other->second.ack_packet = segment.frame.number;
}

void AcknowledgedData::carry(Sent& sent, std::uint32_t begin, std::uint32_t end) {
  auto piece = sent.carried.upper_bound(begin);
  if (piece != sent.carried.begin() && std::prev(piece)->second >= begin) --piece;
  while (piece != sent.carried.end() && piece->first <= end) {
    begin = std::min(begin, piece->first);
    end = std::max(end, piece->second);
    piece = sent.carried.erase(piece);
  }
  if (sent.carried.size() < max_pieces) {
    sent.carried.emplace(begin, end);
  } else {
    sent.uncertain = true;
  }
}

void AcknowledgedData::close(const Ends& ends, const Sent& sent) {
  if (sign_ || sent.uncertain || !sent_.contains({ends.second, ends.first})) return;
  std::uint32_t missing = sent.acknowledged;
  for (const auto& [begin, end] : sent.carried) {
    if (begin < sent.acknowledged) missing -= std::min(end, sent.acknowledged) - begin;
  }
  if (missing == 0) return;
  sign_ = fmt::format(
      "packet {} acknowledges {} that no packet of the file carries, in the conversation that begins with "
      "packet {}",
      sent.ack_packet, counted(missing, "byte", "bytes"), sent.syn_packet);
}

std::optional<std::string> AcknowledgedData::sign() {
  for (const auto& [ends, sent] : sent_) close(ends, sent);
  sent_.clear();
  return sign_;
}

}  // namespace echolab::copies

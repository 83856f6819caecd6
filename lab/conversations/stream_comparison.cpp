#include "lab/conversations/stream_comparison.h"

#include <algorithm>

namespace echolab::conversations {

using capture::Bytes;
using capture::Direction;

namespace {

constexpr std::size_t piece_overhead = 64;  // of a small piece, so that many of them stay within the budget too

}  // namespace

void StreamComparison::add(Direction direction, Bytes bytes, std::uint64_t packet) {
  advance(direction, bytes, bytes.size(), packet);
}

void StreamComparison::skip(Direction direction, std::uint64_t length) {
  skipped_ = true;
  advance(direction, {}, length, 0);
}

void StreamComparison::advance(Direction direction, Bytes bytes, std::uint64_t length, std::uint64_t packet) {
  const bool from_client = direction == Direction::to_server;
  std::uint64_t& own = from_client ? to_server_ : to_client_;
  const std::uint64_t other = from_client ? to_client_ : to_server_;
  const bool hole = bytes.empty();
  if (!from_client && own <= other && own + length > other) overtaking_packet_ = packet;
  if (!comparing_ || difference_) {
    own += length;
    return;
  }
  while (length > 0 && own < other && !ahead_.empty()) {
    Kept& kept = ahead_.front();
    const std::uint64_t count = std::min(length, kept.length - kept.begin);
    if (!hole && !kept.bytes.empty()) compare(kept, bytes, count, own, packet, !from_client);
    if (!hole) bytes = bytes.subspan(static_cast<std::size_t>(count));
    own += count;
    length -= count;
    kept.begin += count;
    if (difference_) {
      own += length;
      give_up();
      return;
    }
    if (kept.begin < kept.length) continue;
    const std::size_t size = kept.bytes.size() + piece_overhead;
    kept_bytes_ -= size;
    budget_->bytes_left += size;
    ahead_.pop_front();
  }
  if (length == 0) return;
  keep(bytes, length, packet);
  own += length;
}

void StreamComparison::compare(Kept& kept, Bytes bytes, std::uint64_t count, std::uint64_t offset, std::uint64_t packet,
                               bool kept_is_client) {
  const std::uint8_t* ours = kept.bytes.data() + kept.begin;
  const auto [differs, theirs] = std::mismatch(ours, ours + count, bytes.begin());
  if (differs == ours + count) return;
  const std::uint64_t at = offset + static_cast<std::uint64_t>(differs - ours);
  difference_ =
      kept_is_client ? Difference{at, packet, *differs, *theirs} : Difference{at, kept.packet, *theirs, *differs};
}

void StreamComparison::keep(Bytes bytes, std::uint64_t length, std::uint64_t packet) {
  const std::size_t size = bytes.size() + piece_overhead;
  if (kept_bytes_ + size > most_ahead || budget_->bytes_left < size) {
    comparing_ = false;  // nothing after this can be compared
    give_up();
    return;
  }
  kept_bytes_ += size;
  budget_->bytes_left -= size;
  ahead_.push_back({{bytes.begin(), bytes.end()}, length, 0, packet});
}

void StreamComparison::give_up() {
  budget_->bytes_left += kept_bytes_;
  kept_bytes_ = 0;
  ahead_.clear();
  ahead_.shrink_to_fit();
}

void StreamComparison::finish() {
  give_up();
}

}  // namespace echolab::conversations

#include "lab/capture/tcp_direction.h"

#include <algorithm>

namespace echolab::capture {

namespace {

constexpr std::size_t max_waiting = std::size_t{4} << 20;       // bytes of one direction
constexpr std::size_t max_waiting_all = std::size_t{16} << 20;  // and of all together
constexpr std::size_t piece_overhead = 192;                     // a map node and a vector's block

// The part of what was captured of a segment that lies at [skip, skip + length) of it.
Bytes part(Bytes bytes, std::uint64_t skip, std::uint64_t length) {
  const auto begin = static_cast<std::size_t>(std::min<std::uint64_t>(skip, bytes.size()));
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(length, bytes.size() - begin));
  return bytes.subspan(begin, size);
}

}  // namespace

void TcpDirection::add(const Context& context, const TcpSegment& segment, std::uint32_t sequence) {
  if (!started_) start(sequence);
  const std::int64_t begin = offset_of(sequence);
  std::uint64_t length = segment.length;
  note_sent(sequence + segment.length);
  if (segment.flags.fin && begin + static_cast<std::int64_t>(length) >= static_cast<std::int64_t>(next_)) {
    if (!fin_) {
      fin_ = static_cast<std::uint64_t>(begin) + length;
      context.side.fin = true;
      context.side.fin_packet = segment.frame.number;
    } else if (length == 0) {
      context.side.count_retransmission(segment.frame);
    }
  }
  if (fin_ && begin + static_cast<std::int64_t>(length) > static_cast<std::int64_t>(*fin_)) {
    if (begin >= static_cast<std::int64_t>(*fin_)) return;  // nothing comes after the end
    length = *fin_ - static_cast<std::uint64_t>(begin);
  }
  if (length > 0) add_bytes(context, segment, begin, length);
}

void TcpDirection::add_bytes(const Context& context, const TcpSegment& segment, std::int64_t begin,
                             std::uint64_t length) {
  const auto expected = static_cast<std::int64_t>(next_);
  const std::int64_t end = begin + static_cast<std::int64_t>(length);
  const bool keep_alive = length == 1 && begin == expected - 1 && !segment.flags.fin && !segment.flags.syn;
  if (keep_alive) return;
  if (end <= expected) {
    context.side.count_retransmission(segment.frame);
    return;
  }
  const auto known = static_cast<std::uint64_t>(std::max<std::int64_t>(expected - begin, 0));
  const auto offset = static_cast<std::uint64_t>(begin) + known;
  const std::uint64_t fresh = length - known;
  const Bytes bytes = part(segment.payload, known, fresh);
  const bool behind = offset < highest_;
  highest_ = std::max(highest_, offset + fresh);
  bool repeated = known > 0;
  if (offset == next_ && (waiting_.empty() || waiting_.begin()->first >= offset + fresh)) {
    deliver(context, segment.frame, bytes, fresh);
  } else {
    repeated |= keep(context, segment.frame, offset, bytes, fresh);
  }
  if (repeated) {
    context.side.count_retransmission(segment.frame);
  } else if (behind) {
    if (context.side.out_of_order_segments++ == 0) context.side.first_out_of_order_packet = segment.frame.number;
  }
  deliver_waiting(context);
  while (!waiting_.empty() && (waiting_size_ > max_waiting || context.waiting_bytes > max_waiting_all)) {
    gap(context, waiting_.begin()->first - next_);
    deliver_waiting(context);
  }
}

// Keeps the parts of [offset, offset + length) that no waiting piece has; says whether some piece had a part.
bool TcpDirection::keep(const Context& context, const Frame& frame, std::uint64_t offset, Bytes bytes,
                        std::uint64_t length) {
  const std::uint64_t end = offset + length;
  bool overlapped = false;
  std::uint64_t at = offset;
  auto piece = waiting_.upper_bound(offset);
  if (piece != waiting_.begin()) --piece;
  for (; at < end && piece != waiting_.end() && piece->first < end; ++piece) {
    const std::uint64_t piece_end = piece->first + piece->second.length;
    if (piece_end <= at) continue;
    overlapped = true;
    if (piece->first > at)
      keep_piece(context, frame, at, part(bytes, at - offset, piece->first - at), piece->first - at);
    at = std::max(at, piece_end);
  }
  if (at < end) keep_piece(context, frame, at, part(bytes, at - offset, end - at), end - at);
  return overlapped;
}

void TcpDirection::keep_piece(const Context& context, const Frame& frame, std::uint64_t offset, Bytes bytes,
                              std::uint64_t length) {
  Piece piece{frame, {bytes.begin(), bytes.end()}, length};
  piece.frame.data = {};
  const std::size_t size = bytes.size() + piece_overhead;
  waiting_size_ += size;
  context.waiting_bytes += size;
  waiting_.emplace(offset, std::move(piece));
}

void TcpDirection::deliver(const Context& context, const Frame& frame, Bytes bytes, std::uint64_t length) {
  const std::uint64_t offset = next_;
  next_ += bytes.size();
  context.side.bytes += bytes.size();
  if (!bytes.empty()) context.sink.on_data(context.conversation, context.direction, offset, bytes, frame);
  if (length > bytes.size()) gap(context, length - bytes.size());  // cut off by the snaplen
}

void TcpDirection::deliver_waiting(const Context& context) {
  while (!waiting_.empty() && waiting_.begin()->first == next_) {
    const auto node = waiting_.extract(waiting_.begin());
    const Piece& piece = node.mapped();
    const std::size_t size = piece.bytes.size() + piece_overhead;
    waiting_size_ -= size;
    context.waiting_bytes -= size;
    deliver(context, piece.frame, piece.bytes, piece.length);
  }
}

void TcpDirection::gap(const Context& context, std::uint64_t length) {
  const std::uint64_t offset = next_;
  next_ += length;
  context.side.missing += length;
  context.sink.on_gap(context.conversation, context.direction, offset, length);
}

void TcpDirection::acknowledged(const Context& context, std::uint32_t acknowledgement) {
  if (!started_) {  // the capture began in the middle: what came before is not known
    start(acknowledgement);
    return;
  }
  const std::int64_t signed_end = offset_of(acknowledgement);
  if (signed_end <= static_cast<std::int64_t>(next_)) return;
  auto end = static_cast<std::uint64_t>(signed_end);
  if (fin_) end = std::min(end, *fin_);  // a FIN takes one sequence number, but is no byte
  while (next_ < end) {
    const std::uint64_t until = waiting_.empty() ? end : std::min(end, waiting_.begin()->first);
    gap(context, until - next_);
    deliver_waiting(context);
  }
  highest_ = std::max(highest_, next_);
}

void TcpDirection::drop_waiting(std::size_t& waiting_bytes) {
  waiting_bytes -= waiting_size_;
  waiting_size_ = 0;
  waiting_.clear();
}

}  // namespace echolab::capture

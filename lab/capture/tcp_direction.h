#pragma once
// One direction of a TCP conversation: from sequence numbers that wrap to a stream with 64-bit offsets.

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "lab/capture/capture.h"

namespace echolab::capture {

class TcpDirection {
 public:
  // Whom to tell, and the conversation's record to count in.
  struct Context {
    StreamSink& sink;
    const TcpConversation& conversation;
    TcpConversation::Side& side;
    Direction direction;
    std::size_t& waiting_bytes;  // of all directions together
  };

  bool started() const { return started_; }
  // `sequence` is that of the stream's first byte.
  void start(std::uint32_t sequence) {
    base_ = sequence;
    started_ = true;
  }
  bool starts_at(std::uint32_t sequence) const { return started_ && base_ == sequence; }
  bool untouched() const { return highest_ == 0; }

  // Bytes and FIN of a segment whose first byte has this sequence number.
  void add(const Context& context, const TcpSegment& segment, std::uint32_t sequence);
  // The receiver has everything before `acknowledgement`: what is not there by now was lost by the capture.
  void acknowledged(const Context& context, std::uint32_t acknowledgement);
  bool acknowledges_start(std::uint32_t acknowledgement) const { return started_ && offset_of(acknowledgement) >= 0; }
  // A segment says with its sequence number how far its sender had got, also when it carries nothing.
  void note_sent(std::uint32_t sequence) {
    if (started_) sent_ = std::max(sent_, offset_of(sequence));
  }
  // More was sent than was told or given up as a gap: it, or what came before it, was neither captured nor acknowledged.
  bool incomplete() const { return !finished() && sent_ > static_cast<std::int64_t>(next_); }
  // Everything up to the FIN is there.
  bool finished() const { return fin_ && next_ == *fin_; }
  // Gives back the memory of waiting bytes.
  void drop_waiting(std::size_t& waiting_bytes);

 private:
  struct Piece {
    Frame frame;
    std::vector<std::uint8_t> bytes;
    std::uint64_t length = 0;
  };

  // 32-bit distance to the next expected byte, so that offsets go on over the wrap.
  std::int64_t offset_of(std::uint32_t sequence) const {
    const auto distance = static_cast<std::int32_t>(sequence - (base_ + static_cast<std::uint32_t>(next_)));
    return static_cast<std::int64_t>(next_) + distance;
  }
  void add_bytes(const Context& context, const TcpSegment& segment, std::int64_t begin, std::uint64_t length);
  bool keep(const Context& context, const Frame& frame, std::uint64_t offset, Bytes bytes, std::uint64_t length);
  void keep_piece(const Context& context, const Frame& frame, std::uint64_t offset, Bytes bytes, std::uint64_t length);
  void deliver(const Context& context, const Frame& frame, Bytes bytes, std::uint64_t length);
  void deliver_waiting(const Context& context);
  void gap(const Context& context, std::uint64_t length);

  bool started_ = false;
  std::uint32_t base_ = 0;
  std::uint64_t next_ = 0;     // offset of the next byte to tell
  std::uint64_t highest_ = 0;  // end of the furthest byte seen
  std::int64_t sent_ = 0;      // end of what the sender had sent, by its sequence numbers
  std::optional<std::uint64_t> fin_;
  std::map<std::uint64_t, Piece> waiting_;  // by offset, not overlapping, all above next_
  std::size_t waiting_size_ = 0;
};

}  // namespace echolab::capture

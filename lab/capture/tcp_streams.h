#pragma once
// Follows every TCP conversation (RFC 9293) from its segments, in any order they come, in bounded memory.

#include <cstddef>
#include <list>
#include <unordered_map>

#include "lab/capture/capture.h"
#include "lab/capture/tcp_direction.h"

namespace echolab::capture {

// Feed it from Sink::on_tcp. Bytes are told once, in order; where two segments disagree on a byte the first wins.
//
// A conversation starts with a SYN or, when the capture began later, with any segment. It is closed when both FINs and
// everything before them are there. After a reset it is followed a little longer (the other side's segments may still
// be under way) and closed when 1,024 other conversations have ended since, when its ports are used again, or by
// finish(). Segments of a closed conversation are absorbed.
//
// Bounds: 32,768 conversations (then the longest ended, else the oldest, is closed), 4 MiB of bytes that wait for
// earlier ones per direction and 16 MiB in all (then what they wait for is given up as a gap).
class TcpStreams {
 public:
  explicit TcpStreams(StreamSink& sink) : sink_(sink) {}
  TcpStreams(const TcpStreams&) = delete;
  TcpStreams& operator=(const TcpStreams&) = delete;

  // For bytes that had to wait, on_data's frame has its number and time, but no data any more.
  void add(const TcpSegment& segment);
  // End of the capture: closes what is open, in order of id. Bytes behind a hole that nobody acknowledged are dropped:
  // they were never delivered.
  void finish();

 private:
  struct Key {
    Endpoint low, high;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::uint64_t seed;
    std::size_t operator()(const Key& key) const;
  };
  struct Entry {
    Key key;
    TcpConversation facts;
    TcpDirection from_client, from_server;
    bool closed = false;  // on_close was called
    bool ended = false;   // in ended_, not in live_
  };
  using Entries = std::list<Entry>;

  Entry& entry_of(const TcpSegment& segment);
  Entry& open(const Key& key, const TcpSegment& segment);
  void remove(Entries::iterator entry);
  void close(Entry& entry);
  void end(Entries::iterator entry);
  void note_syn(Entry& entry, const TcpSegment& segment, bool by_client);
  void note_acknowledgement(Entry& entry, const TcpSegment& segment, bool by_client);

  StreamSink& sink_;
  Entries live_, ended_;
  std::unordered_map<Key, Entries::iterator, KeyHash> table_{16, KeyHash{random_seed()}};
  std::size_t waiting_bytes_ = 0;
  std::uint32_t next_id_ = 0;

  static std::uint64_t random_seed();
};

}  // namespace echolab::capture

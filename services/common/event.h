#pragma once
// One fact of docs/events.md as a record without pointers into anything that can go away: what the program's thread
// fills in, and what the log's thread later turns into text.

#include <array>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <span>
#include <string>
#include <string_view>

#include "services/common/endpoint.h"

namespace echo {

// Text with static storage: a literal, or what the C library hands out for ever.
class Word {
 public:
  template <std::size_t size>
  consteval Word(const char (&literal)[size]) : text_(literal) {}  // NOLINT: implicit on purpose
  static Word from_static(const char* text) { return Word(text, 0); }
  static Word of_errno(int error_number);  // "Connection refused"
  const char* text() const { return text_; }

 private:
  Word(const char* text, int) : text_(text) {}
  const char* text_;
};

// Names as in docs/events.md; event.cpp holds each one's spelling and type.
enum class Key : std::uint8_t {
  program,
  version,
  pid,
  clients,
  client,
  proto,
  family,
  conn,
  offset,
  message,
  attempt,
  attempts,
  status,
  rtt_ns,
  first_difference,
  reason,
  side,
  operation,
  error,
  signal,
  received,
  sent,
  echoed,
  lost,
  late,
  altered,
  duplicated,
  unsolicited,
  rtt_min_ns,
  rtt_p50_ns,
  rtt_p99_ns,
  rtt_max_ns,
  datagrams_received,
  datagrams_sent,
  connections,
  bytes_received,
  bytes_sent,
  ignored,
  errors,
  fault,
  events_dropped,
  lines_dropped,
};

struct Timestamp {
  std::int64_t mono_ns = 0;  // CLOCK_MONOTONIC
  std::int64_t wall_ns = 0;  // CLOCK_REALTIME
  static Timestamp now();
};

std::int64_t monotonic_ns();

class Event {
 public:
  static constexpr std::size_t max_fields = 16;
  static constexpr std::size_t max_excerpt = 256;  // bytes of a payload kept for the line that people read
  static constexpr std::size_t max_head = 32;      // bytes of a payload written to the event log

  Event() = default;
  explicit Event(Word name) : Event(name, Timestamp::now()) {}
  Event(Word name, Timestamp time) : name_(name.text()), time_(time) {}

  Event& number(Key key, std::uint64_t value);
  Event& word(Key key, Word value) { return number(key, reinterpret_cast<std::uintptr_t>(value.text())); }
  Event& local(const Endpoint& endpoint);
  Event& remote(const Endpoint& endpoint);
  // length, hash and the first bytes; the hash is passed in because a batch hashes each payload once.
  Event& payload(std::span<const std::uint8_t> bytes, std::uint64_t hash);
  // The same when only the beginning is at hand.
  Event& payload(std::uint64_t length, std::uint64_t hash, std::span<const std::uint8_t> beginning);

  std::string_view name() const { return name_; }
  const Timestamp& time() const { return time_; }
  void set_time(Timestamp time) { time_ = time; }
  const Endpoint& local() const { return local_; }
  const Endpoint& remote() const { return remote_; }
  bool has_payload() const { return has_payload_; }
  std::uint64_t length() const { return length_; }
  std::uint64_t hash() const { return hash_; }
  std::string_view excerpt() const { return {excerpt_.data(), excerpt_size_}; }
  // 0 and "" when the event has no such key.
  std::uint64_t number(Key key) const;
  std::string_view word(Key key) const;

  // Appends `{"v":1,"event":…}` and a line end; never longer than 4,096 bytes.
  void append_json(std::string& out) const;

 private:
  const char* name_ = "";
  Timestamp time_;
  Endpoint local_, remote_;
  std::uint64_t length_ = 0, hash_ = 0;
  std::array<std::uint64_t, max_fields> values_{};
  std::array<Key, max_fields> keys_{};
  std::uint8_t field_count_ = 0;
  bool has_payload_ = false;
  std::uint16_t excerpt_size_ = 0;
  std::array<char, max_excerpt> excerpt_{};
};

}  // namespace echo

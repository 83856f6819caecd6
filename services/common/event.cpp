#include "services/common/event.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cstring>

namespace echo {

namespace {

enum class Type : std::uint8_t { number, word };
struct KeyInfo {
  std::string_view name;
  Type type = Type::number;
};

// In the order of enum Key.
constexpr std::array<KeyInfo, static_cast<std::size_t>(Key::lines_dropped) + 1> key_table{{
    {"program", Type::word},
    {"version", Type::word},
    {"pid"},
    {"clients"},
    {"client"},
    {"proto", Type::word},
    {"family", Type::word},
    {"conn"},
    {"offset"},
    {"message"},
    {"attempt"},
    {"attempts"},
    {"status", Type::word},
    {"rtt_ns"},
    {"first_difference"},
    {"reason", Type::word},
    {"side", Type::word},
    {"operation", Type::word},
    {"error", Type::word},
    {"signal", Type::word},
    {"received"},
    {"sent"},
    {"echoed"},
    {"lost"},
    {"late"},
    {"altered"},
    {"duplicated"},
    {"unsolicited"},
    {"rtt_min_ns"},
    {"rtt_p50_ns"},
    {"rtt_p99_ns"},
    {"rtt_max_ns"},
    {"datagrams_received"},
    {"datagrams_sent"},
    {"connections"},
    {"bytes_received"},
    {"bytes_sent"},
    {"ignored"},
    {"errors"},
    {"fault", Type::word},
    {"events_dropped"},
    {"lines_dropped"},
}};

const KeyInfo& info(Key key) {
  return key_table[static_cast<std::size_t>(key)];
}

const char* as_word(std::uint64_t value) {
  return reinterpret_cast<const char*>(static_cast<std::uintptr_t>(value));
}

void append_key(std::string& out, std::string_view key) {
  out += ",\"";
  out += key;
  out += "\":";
}

void append_number(std::string& out, std::uint64_t value) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

// Words come from us or from the C library and need no escapes; the quotes are only for safety's sake.
void append_word(std::string& out, std::string_view word) {
  out += '"';
  for (const char c : word) out += c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  out += '"';
}

void append_endpoint(std::string& out, std::string_view key, const Endpoint& endpoint) {
  if (!endpoint.is_set()) return;
  char text[Endpoint::max_text];
  append_key(out, key);
  out += '"';
  out.append(text, endpoint.write_text(text));
  out += '"';
}

constexpr std::string_view hex_digits = "0123456789abcdef";

void append_hash(std::string& out, std::uint64_t hash) {
  for (int shift = 60; shift >= 0; shift -= 4) out += hex_digits[(hash >> shift) & 15];
}

std::int64_t read_clock(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

Word Word::of_errno(int error_number) {
  const char* const text = ::strerrordesc_np(error_number);
  return from_static(text != nullptr ? text : "unknown error");
}

Timestamp Timestamp::now() {
  return {read_clock(CLOCK_MONOTONIC), read_clock(CLOCK_REALTIME)};
}

std::int64_t monotonic_ns() {
  return read_clock(CLOCK_MONOTONIC);
}

Event& Event::number(Key key, std::uint64_t value) {
  assert(field_count_ < max_fields);
  if (field_count_ == max_fields) return *this;
  keys_[field_count_] = key;
  values_[field_count_] = value;
  ++field_count_;
  return *this;
}

Event& Event::local(const Endpoint& endpoint) {
  local_ = endpoint;
  return *this;
}

Event& Event::remote(const Endpoint& endpoint) {
  remote_ = endpoint;
  return *this;
}

Event& Event::payload(std::span<const std::uint8_t> bytes, std::uint64_t hash) {
  return payload(bytes.size(), hash, bytes);
}

Event& Event::payload(std::uint64_t length, std::uint64_t hash, std::span<const std::uint8_t> beginning) {
  has_payload_ = true;
  length_ = length;
  hash_ = hash;
  excerpt_size_ = static_cast<std::uint16_t>(std::min(beginning.size(), max_excerpt));
  if (excerpt_size_ > 0) std::memcpy(excerpt_.data(), beginning.data(), excerpt_size_);
  return *this;
}

std::uint64_t Event::number(Key key) const {
  for (std::size_t i = 0; i < field_count_; ++i) {
    if (keys_[i] == key) return values_[i];
  }
  return 0;
}

std::string_view Event::word(Key key) const {
  const std::uint64_t value = number(key);
  return value == 0 ? std::string_view() : as_word(value);
}

void Event::append_json(std::string& out) const {
  out += "{\"v\":1,\"event\":\"";
  out += name_;
  out += '"';
  append_key(out, "mono_ns");
  append_number(out, static_cast<std::uint64_t>(time_.mono_ns));
  append_key(out, "wall_ns");
  append_number(out, static_cast<std::uint64_t>(time_.wall_ns));
  for (std::size_t i = 0; i < field_count_; ++i) {
    const KeyInfo& key = info(keys_[i]);
    append_key(out, key.name);
    if (key.type == Type::word) {
      append_word(out, as_word(values_[i]));
    } else {
      append_number(out, values_[i]);
    }
  }
  append_endpoint(out, "local", local_);
  append_endpoint(out, "remote", remote_);
  if (has_payload_) {
    append_key(out, "length");
    append_number(out, length_);
    append_key(out, "hash");
    out += '"';
    append_hash(out, hash_);
    out += '"';
    append_key(out, "head");
    out += '"';
    for (const char c : excerpt().substr(0, max_head)) {
      const auto byte = static_cast<unsigned char>(c);
      out += hex_digits[byte >> 4];
      out += hex_digits[byte & 15];
    }
    out += '"';
  }
  out += "}\n";
}

}  // namespace echo

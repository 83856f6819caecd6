#include "services/common/transfer.h"

#include <array>
#include <charconv>
#include <cstring>

namespace echo {

namespace {

char* put(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char* put(char* out, std::uint64_t number) {
  return std::to_chars(out, out + 20, number).ptr;
}

char* put(char* out, std::string_view key, const Endpoint& endpoint) {
  out = put(out, key);
  char text[Endpoint::max_text];
  out = put(out, {text, endpoint.write_text(text)});
  return put(out, "\"");
}

constexpr auto hex_pairs = [] {
  constexpr std::string_view digits = "0123456789abcdef";
  std::array<std::array<char, 2>, 256> pairs{};
  for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i] = {digits[i >> 4], digits[i & 15]};
  return pairs;
}();

char* put_hex(char* out, std::uint8_t byte) {
  std::memcpy(out, hex_pairs[byte].data(), 2);
  return out + 2;
}

char* put_times(char* out, std::string_view name, std::int64_t mono_ns, std::int64_t wall_offset_ns) {
  out = put(out, name);
  out = put(out, static_cast<std::uint64_t>(mono_ns));
  out = put(out, ",\"wall_ns\":");
  return put(out, static_cast<std::uint64_t>(mono_ns + wall_offset_ns));
}

}  // namespace

char* Transfer::write_lines(char* out, std::int64_t wall_offset_ns, std::string_view beginning) const {
  constexpr std::string_view recv = "{\"v\":1,\"event\":\"recv\",\"mono_ns\":",
                             send = "{\"v\":1,\"event\":\"send\",\"mono_ns\":";
  if (received_ns == 0 && sent_ns == 0) return out;
  out = received_ns != 0 ? put_times(out, recv, received_ns, wall_offset_ns)
                         : put_times(out, send, sent_ns, wall_offset_ns);
  const char* const common = out;  // to both lines: written once
  out = put(out, ",\"proto\":\"");
  out = put(out, proto.text());
  out = put(out, "\"");
  if (conn != 0) {
    out = put(out, ",\"conn\":");
    out = put(out, conn);
    out = put(out, ",\"offset\":");
    out = put(out, offset);
  }
  if (local.is_set()) out = put(out, ",\"local\":\"", local);
  if (remote.is_set()) out = put(out, ",\"remote\":\"", remote);
  out = put(out, ",\"length\":");
  out = put(out, length);
  out = put(out, ",\"hash\":\"");
  for (int shift = 56; shift >= 0; shift -= 8) out = put_hex(out, static_cast<std::uint8_t>(hash >> shift));
  out = put(out, "\",\"head\":\"");
  for (const char c : beginning.substr(0, Event::max_head)) out = put_hex(out, static_cast<std::uint8_t>(c));
  out = put(out, "\"}\n");
  if (received_ns != 0 && sent_ns != 0) {
    const std::string_view tail(common, static_cast<std::size_t>(out - common));
    out = put(put_times(out, send, sent_ns, wall_offset_ns), tail);
  }
  return out;
}

}  // namespace echo

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
  // What both lines have in common is written once.
  std::array<char, max_line> common;
  char* end = put(common.data(), ",\"proto\":\"");
  end = put(end, proto.text());
  end = put(end, "\"");
  if (conn != 0) {
    end = put(end, ",\"conn\":");
    end = put(end, conn);
    end = put(end, ",\"offset\":");
    end = put(end, offset);
  }
  if (local.is_set()) end = put(end, ",\"local\":\"", local);
  if (remote.is_set()) end = put(end, ",\"remote\":\"", remote);
  end = put(end, ",\"length\":");
  end = put(end, length);
  end = put(end, ",\"hash\":\"");
  for (int shift = 56; shift >= 0; shift -= 8) end = put_hex(end, static_cast<std::uint8_t>(hash >> shift));
  end = put(end, "\",\"head\":\"");
  for (const char c : beginning.substr(0, Event::max_head)) end = put_hex(end, static_cast<std::uint8_t>(c));
  end = put(end, "\"}\n");

  const std::string_view tail(common.data(), static_cast<std::size_t>(end - common.data()));
  if (received_ns != 0) {
    out = put_times(out, "{\"v\":1,\"event\":\"recv\",\"mono_ns\":", received_ns, wall_offset_ns);
    out = put(out, tail);
  }
  if (sent_ns != 0) {
    out = put_times(out, "{\"v\":1,\"event\":\"send\",\"mono_ns\":", sent_ns, wall_offset_ns);
    out = put(out, tail);
  }
  return out;
}

}  // namespace echo

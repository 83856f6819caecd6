#include "lab/evidence/sentinel.h"

#include <cstring>

namespace echolab::evidence {

//   destination ff:ff:ff:ff:ff:ff | source 02:ec:40:1a:b0:00 | 0x88B5 | "echolab sentinel begin <nonce>", zeros
std::optional<Sentinel> sentinel_of(const capture::Frame& frame, std::string_view nonce) {
  static constexpr std::uint8_t header[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02,
                                            0xec, 0x40, 0x1a, 0xb0, 0x00, 0x88, 0xb5};
  constexpr std::uint16_t link_ethernet = 1;
  if (frame.link_type != link_ethernet || frame.data.size() <= sizeof header ||
      std::memcmp(frame.data.data(), header, sizeof header) != 0) {
    return std::nullopt;
  }
  const capture::Bytes payload = frame.data.subspan(sizeof header);
  std::string_view text(reinterpret_cast<const char*>(payload.data()), payload.size());
  text = text.substr(0, text.find('\0'));
  const auto take = [&text](std::string_view word) {
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    return true;
  };
  if (!take("echolab sentinel ")) return std::nullopt;
  const bool begin = take("begin ");
  if (!begin && !take("end ")) return std::nullopt;
  if (text != nonce) return std::nullopt;
  return begin ? Sentinel::begin : Sentinel::end;
}

std::span<const std::string> sentinel_comments(std::optional<Sentinel> sentinel) {
  static const std::string begin = "echolab: from here on the capture is proven to run";
  static const std::string end = "echolab: up to here the capture is proven to run";
  if (!sentinel) return {};
  return {sentinel == Sentinel::begin ? &begin : &end, 1};
}

}  // namespace echolab::evidence

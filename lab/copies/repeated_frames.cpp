#include "lab/copies/repeated_frames.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <numeric>

#include "lab/base/text.h"
#include "lab/capture/byte_order.h"
#include "lab/capture/ip_header.h"
#include "lab/capture/link_layer.h"

namespace echolab::copies {

namespace {

constexpr std::size_t most_remembered = 65'536;
// What comes again by a loop or a mirror in the network does so at once.
constexpr std::int64_t much_later_ns = 10'000'000;
// With a coarser clock two packets may honestly have one time.
constexpr std::uint64_t finest_coarse_tick_ns = 10'000;

bool has_identification(const capture::Frame& frame) {
  constexpr std::uint16_t linux_sll = 113, linux_sll2 = 276;
  if (frame.link_type == linux_sll || frame.link_type == linux_sll2) return false;
  const capture::NetworkPacket network = capture::strip_link_layer(frame);
  if (network.kind != capture::NetworkPacket::Kind::ipv4 || network.slice.captured < 20) return false;
  const std::uint8_t* header = network.slice.data;
  const bool transport = header[9] == capture::protocol_tcp || header[9] == capture::protocol_udp;
  const bool unicast = header[16] < 224;
  return transport && unicast && capture::load_be16(header + 4) != 0;
}

}  // namespace

void RepeatedFrames::add(const capture::Frame& frame) {
  if (!has_identification(frame)) return;
  if (frames_++ > 0) {
    const std::int64_t apart = capture::nanoseconds_between(last_ns_, frame.time_ns);
    tick_ns_ = std::gcd(
        tick_ns_, apart < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(apart) : static_cast<std::uint64_t>(apart));
  }
  last_ns_ = frame.time_ns;
  if (seen_.size() >= most_remembered) seen_.clear();
  const std::uint64_t digest = XXH3_64bits_withSeed(frame.data.data(), frame.data.size(), frame.interface);
  const auto [found, is_new] = seen_.try_emplace(digest, Seen{frame.number, frames_, frame.time_ns});
  std::optional<Seen> original;
  if (!is_new) {
    const std::int64_t apart = capture::nanoseconds_between(found->second.time_ns, frame.time_ns);
    if (apart == 0 && at_once_++ == 0) {
      first_at_once_[0] = frame.number;
      first_at_once_[1] = found->second.number;
    }
    if (apart >= much_later_ns || apart <= -much_later_ns) original = found->second;
    // One after the other, as they were: an identification that comes again by chance has no such neighbour.
    if (original && last_original_ && last_original_->order + 1 == original->order && later_++ == 0) {
      first_later_[0] = last_number_;
      first_later_[1] = last_original_->number;
    }
  }
  last_original_ = original;
  last_number_ = frame.number;
}

std::optional<std::string> RepeatedFrames::sign() const {
  if (later_ > 0) {
    return fmt::format(
        "packet {} and what follows it is packet {} and what follows it again, with the same IP "
        "identifications, at another time",
        first_later_[0], first_later_[1]);
  }
  if (at_once_ == 0 || at_once_ * 4 > frames_ || tick_ns_ > finest_coarse_tick_ns) return std::nullopt;
  return fmt::format(
      "{} twice with the same bytes, IP identification and time, the first is packet {}, which is packet "
      "{} again",
      at_once_ == 1 ? "1 packet is there" : with_thousands(at_once_) + " packets are there", first_at_once_[0],
      first_at_once_[1]);
}

}  // namespace echolab::copies

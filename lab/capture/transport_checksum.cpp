#include "lab/capture/transport_checksum.h"

#include "lab/capture/byte_order.h"

namespace echolab::capture {

namespace {

// Sums here are of 16-bit words as they lie in memory: one's complement addition does not care about byte order
// (RFC 1071 section 2.B), so nothing is swapped until the end.
std::uint64_t add(std::uint64_t sum, std::uint64_t word) {
  sum += word;
  return sum + (sum < word);  // end-around carry
}

std::uint64_t sum_words(std::uint64_t sum, const std::uint8_t* data, std::size_t size) {
  for (; size >= 8; data += 8, size -= 8) sum = add(sum, load_le64(data));
  if (size >= 4) {
    sum = add(sum, load_le32(data));
    data += 4;
    size -= 4;
  }
  if (size >= 2) {
    sum = add(sum, load_le16(data));
    data += 2;
    size -= 2;
  }
  return size == 0 ? sum : add(sum, *data);  // the missing byte counts as zero
}

std::uint16_t fold(std::uint64_t sum) {
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>((sum & 0xffff) + (sum >> 16));
}

std::uint16_t swapped(std::uint16_t value) {
  return __builtin_bswap16(value);
}

}  // namespace

std::uint16_t ones_complement_sum(const std::uint8_t* data, std::size_t size) {
  return fold(sum_words(0, data, size));
}

Checksum verify_transport_checksum(const IpPacket& packet, Slice segment, std::size_t field) {
  if (segment.captured < field + 2) return Checksum::unknown;
  const std::uint16_t stored = load_le16(segment.data + field);
  if (stored == 0 && packet.protocol == protocol_udp) return Checksum::absent;
  if (segment.cut()) return Checksum::unknown;

  const std::size_t address_size = packet.v4 ? 4 : 16;
  std::uint64_t addresses = sum_words(0, packet.source_at, address_size);
  addresses = sum_words(addresses, packet.destination_at, address_size);
  addresses = add(addresses, swapped(packet.protocol));
  const auto length = static_cast<std::uint32_t>(segment.length);
  const std::uint64_t pseudo_header = add(addresses, __builtin_bswap32(length));

  if (fold(sum_words(pseudo_header, segment.data, segment.captured)) == 0xffff) return Checksum::good;
  // Offloading: Linux and the BSDs leave the sum of the pseudo header for the hardware to add to, for segmentation
  // without the length; some captures show it in the other byte order.
  const std::uint16_t with_length = fold(pseudo_header), without_length = fold(addresses);
  if (stored == with_length || stored == swapped(with_length) || stored == without_length ||
      stored == swapped(without_length)) {
    return Checksum::unfilled;
  }
  // TCP has no way to go without a checksum; zero is what loopback adapters show that never compute one.
  return stored == 0 ? Checksum::absent : Checksum::bad;
}

}  // namespace echolab::capture

#include "lab/capture/transport_checksum.h"

#include "lab/capture/byte_order.h"

namespace echolab::capture {

namespace {

// Sums here are of 16-bit words as they lie in memory: one's complement addition does not care about byte order
// (RFC 1071 section 2.B), so nothing is swapped until the end.
// Words of 32 bits in 64: a carry never gets lost below 32 GiB, and no addition waits for the carry of another.
std::uint64_t sum_words(std::uint64_t sum, const std::uint8_t* data, std::size_t size) {
  std::uint64_t even = sum, odd = 0;
  for (; size >= 8; data += 8, size -= 8) {
    const std::uint64_t word = load_le64(data);
    even += word & 0xffffffff;
    odd += word >> 32;
  }
  sum = even + odd;
  if (size >= 4) {
    sum += load_le32(data);
    data += 4;
    size -= 4;
  }
  if (size >= 2) {
    sum += load_le16(data);
    data += 2;
    size -= 2;
  }
  return size == 0 ? sum : sum + *data;  // the missing byte counts as zero
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

namespace {

// `addresses` is the sum of source and destination.
Checksum verify(std::uint64_t addresses, std::uint8_t protocol, Slice segment, std::size_t field) {
  const std::uint16_t stored = load_le16(segment.data + field);
  addresses += swapped(protocol);
  const auto length = static_cast<std::uint32_t>(segment.length);
  const std::uint64_t pseudo_header = addresses + __builtin_bswap32(length);

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

}  // namespace

Checksum verify_transport_checksum(const IpPacket& packet, Slice segment, std::size_t field) {
  if (segment.captured < field + 2) return Checksum::unknown;
  if (load_le16(segment.data + field) == 0 && packet.protocol == protocol_udp) return Checksum::absent;
  if (segment.cut()) return Checksum::unknown;
  const std::size_t address_size = packet.v4 ? 4 : 16;
  const std::uint64_t source = sum_words(0, packet.source_at, address_size);
  return verify(sum_words(source, packet.destination_at, address_size), packet.protocol, segment, field);
}

Checksum verify_ipv4_checksum(const std::uint8_t* addresses, std::uint8_t protocol, std::size_t length,
                              std::size_t field) {
  const std::uint8_t* segment = addresses + 8;
  if (load_le16(segment + field) == 0 && protocol == protocol_udp) return Checksum::absent;
  // Addresses and segment in one go; the last bytes as the end of a word that begins before them.
  const std::uint8_t* data = addresses;
  const std::uint8_t* end = segment + length;
  std::uint64_t even = swapped(protocol), odd = swapped(static_cast<std::uint16_t>(length));
  for (; end - data >= 8; data += 8) {
    const std::uint64_t word = load_le64(data);
    even += word & 0xffffffff;
    odd += word >> 32;
  }
  if (data != end) {
    const std::uint64_t word = load_le64(end - 8) >> (64 - 8 * (end - data));
    even += word & 0xffffffff;
    odd += word >> 32;
  }
  // A one's complement sum of all ones is a multiple of 2^16 - 1; it is never zero, for the protocol is in it.
  if ((even + odd) % 0xffff == 0) return Checksum::good;
  return verify(sum_words(0, addresses, 8), protocol, {segment, length, length}, field);
}

}  // namespace echolab::capture

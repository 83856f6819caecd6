#pragma once
// Integers at any alignment in a given byte order.

#include <bit>
#include <cstdint>
#include <cstring>

namespace echolab::capture {

static_assert(std::endian::native == std::endian::little, "loads below are written for little-endian machines");

inline std::uint16_t load_le16(const std::uint8_t* at) {
  std::uint16_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}
inline std::uint32_t load_le32(const std::uint8_t* at) {
  std::uint32_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}
inline std::uint64_t load_le64(const std::uint8_t* at) {
  std::uint64_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}
inline std::uint16_t load_be16(const std::uint8_t* at) {
  return __builtin_bswap16(load_le16(at));
}
inline std::uint32_t load_be32(const std::uint8_t* at) {
  return __builtin_bswap32(load_le32(at));
}

// The byte order of a file or section, learnt from its magic number.
class ByteOrder {
 public:
  explicit ByteOrder(bool big = false) : big_(big) {}
  std::uint16_t u16(const std::uint8_t* at) const { return big_ ? load_be16(at) : load_le16(at); }
  std::uint32_t u32(const std::uint8_t* at) const { return big_ ? load_be32(at) : load_le32(at); }
  std::uint64_t u64(const std::uint8_t* at) const { return big_ ? __builtin_bswap64(load_le64(at)) : load_le64(at); }

 private:
  bool big_;
};

}  // namespace echolab::capture

#pragma once
// Bytes of requests that wait for their echo, in blocks of a pool that never grows beyond its bound. When it is full,
// what does not fit is not kept, and a difference in it can be told but not shown.

#include <cstdint>
#include <memory>
#include <vector>

#include "lab/capture/capture.h"

namespace echolab::conversations {

using capture::Bytes;

class PayloadPool {
 public:
  static constexpr std::uint32_t none = 0xffffffff;
  static constexpr std::size_t block_bytes = 124;
  static constexpr std::size_t most_blocks = std::size_t{1} << 17;  // 16 MiB

  // The first block, or none when there is no room (or nothing to keep).
  std::uint32_t keep(Bytes bytes) {
    if (bytes.empty() || bytes.size() > block_bytes || free_ == none) return keep_slowly(bytes);
    const std::uint32_t at = free_;
    Block& block = block_at(at);
    free_ = block.next;
    block.next = none;
    __builtin_memcpy(block.bytes, bytes.data(), bytes.size());
    return at;
  }
  void release(std::uint32_t first) {
    while (first != none) {
      Block& block = block_at(first);
      const std::uint32_t next = block.next;
      block.next = free_;
      free_ = first;
      first = next;
    }
  }
  bool equal(std::uint32_t first, Bytes bytes) const {
    if (bytes.size() <= block_bytes && first != none) {
      return __builtin_memcmp(block_at(first).bytes, bytes.data(), bytes.size()) == 0;
    }
    return common_prefix(first, bytes.size(), bytes) == bytes.size();
  }
  // How many bytes are equal from the beginning on, of `size` kept ones.
  std::size_t common_prefix(std::uint32_t first, std::size_t size, Bytes bytes) const;
  std::vector<std::uint8_t> copy(std::uint32_t first, std::size_t size) const;

 private:
  struct Block {
    std::uint32_t next = none;
    std::uint8_t bytes[block_bytes];
  };
  static constexpr std::size_t slab_blocks = 512;

  Block& block_at(std::uint32_t index) const { return slabs_[index / slab_blocks][index % slab_blocks]; }
  std::uint32_t keep_slowly(Bytes bytes);
  bool grow();

  std::vector<std::unique_ptr<Block[]>> slabs_;
  std::uint32_t free_ = none;
};

}  // namespace echolab::conversations

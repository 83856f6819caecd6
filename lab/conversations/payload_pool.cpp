#include "lab/conversations/payload_pool.h"

#include <algorithm>
#include <cstring>

namespace echolab::conversations {

bool PayloadPool::grow() {
  if (slabs_.size() * slab_blocks >= most_blocks) return false;
  const auto first = static_cast<std::uint32_t>(slabs_.size() * slab_blocks);
  slabs_.push_back(std::make_unique_for_overwrite<Block[]>(slab_blocks));
  for (std::uint32_t i = slab_blocks; i-- > 0;) {
    slabs_.back()[i].next = free_;
    free_ = first + i;
  }
  return true;
}

std::uint32_t PayloadPool::keep_slowly(Bytes bytes) {
  if (bytes.empty()) return none;
  std::uint32_t first = none;
  std::uint32_t* link = &first;
  while (!bytes.empty()) {
    if (free_ == none && !grow()) {
      release(first);
      return none;
    }
    const std::uint32_t at = free_;
    Block& block = block_at(at);
    free_ = block.next;
    block.next = none;
    *link = at;
    link = &block.next;
    const std::size_t count = std::min(bytes.size(), block_bytes);
    std::memcpy(block.bytes, bytes.data(), count);
    bytes = bytes.subspan(count);
  }
  return first;
}

std::size_t PayloadPool::common_prefix(std::uint32_t first, std::size_t size, Bytes bytes) const {
  std::size_t done = 0;
  const std::size_t both = std::min(size, bytes.size());
  for (std::uint32_t at = first; at != none && done < both; at = block_at(at).next) {
    const std::size_t count = std::min(block_bytes, both - done);
    const std::uint8_t* kept = block_at(at).bytes;
    const auto [differs, unused] = std::mismatch(kept, kept + count, bytes.begin() + static_cast<std::ptrdiff_t>(done));
    done += static_cast<std::size_t>(differs - kept);
    if (differs != kept + count) return done;
  }
  return done;
}

std::vector<std::uint8_t> PayloadPool::copy(std::uint32_t first, std::size_t size) const {
  std::vector<std::uint8_t> bytes;
  for (std::uint32_t at = first; at != none && bytes.size() < size; at = block_at(at).next) {
    const std::size_t count = std::min(block_bytes, size - bytes.size());
    bytes.insert(bytes.end(), block_at(at).bytes, block_at(at).bytes + count);
  }
  return bytes;
}

}  // namespace echolab::conversations

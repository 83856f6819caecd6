#include "services/common/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace echo {

struct StreamHash::State {
  XXH3_state_t xxh3;
};

std::uint64_t hash_of(std::span<const std::uint8_t> bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

StreamHash::StreamHash() : state_(std::make_unique<State>()) {
  reset();
}
StreamHash::StreamHash(StreamHash&&) noexcept = default;
StreamHash& StreamHash::operator=(StreamHash&&) noexcept = default;
StreamHash::~StreamHash() = default;

void StreamHash::update(std::span<const std::uint8_t> bytes) {
  XXH3_64bits_update(&state_->xxh3, bytes.data(), bytes.size());
}
std::uint64_t StreamHash::digest() const {
  return XXH3_64bits_digest(&state_->xxh3);
}
void StreamHash::reset() {
  XXH3_64bits_reset(&state_->xxh3);
}

}  // namespace echo

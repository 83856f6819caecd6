#pragma once
// The bytes that are sent: any stretch of an endless stream of noise, at hand without being computed, so that to compare
// an echo costs one memcmp.

#include <cstdint>
#include <vector>

namespace echolab::bench::load {

class Pattern {
 public:
  static constexpr std::size_t longest = std::size_t{64} * 1024;

  Pattern() : bytes_(period + longest) {
    std::uint64_t state = 1;
    for (std::size_t i = 0; i < period; ++i) {
      state = state * 6364136223846793005U + 1442695040888963407U;  // Knuth's MMIX generator
      bytes_[i] = static_cast<char>(state >> 56);
    }
    for (std::size_t i = 0; i < longest; ++i) bytes_[period + i] = bytes_[i];
  }

  // Of the stream from `position` on; up to `longest` bytes.
  const char* at(std::uint64_t position) const { return bytes_.data() + position % period; }

 private:
  // Prime, so that messages of any size begin everywhere in it: a byte from elsewhere is seen.
  static constexpr std::size_t period = 65'521;
  std::vector<char> bytes_;
};

}  // namespace echolab::bench::load

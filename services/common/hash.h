#pragma once
// XXH3, 64 bit, seed 0: the payload hash of docs/events.md.

#include <cstdint>
#include <memory>
#include <span>

namespace echo {

std::uint64_t hash_of(std::span<const std::uint8_t> bytes);

// The same over a stream that arrives in pieces.
class StreamHash {
 public:
  StreamHash();
  StreamHash(StreamHash&&) noexcept;
  StreamHash& operator=(StreamHash&&) noexcept;
  ~StreamHash();
  void update(std::span<const std::uint8_t> bytes);
  std::uint64_t digest() const;
  void reset();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace echo

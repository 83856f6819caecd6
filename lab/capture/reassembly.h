#pragma once
// IP fragments put together again (RFC 791 section 3.2, RFC 8200 section 4.5), in fixed memory.
//
// Overlap: a fragment that brings only bytes already there is a repeat and ignored; one that partly overlaps spoils its
// datagram, as in Linux since 4.19 and by RFC 5722. 30 seconds after its first fragment a datagram is given up, as
// Linux does, and the oldest when more than `slots` are open at a time.

#include <bitset>
#include <memory>
#include <vector>

#include "lab/capture/slice.h"

namespace echolab::capture {

struct FragmentKey {
  IpAddress source, destination;
  std::uint32_t id = 0;
  std::uint32_t interface = 0;
  std::uint8_t protocol = 0;  // IPv4 only: part of the identity there
  bool operator==(const FragmentKey&) const = default;
};

struct Fragment {
  FragmentKey key;
  std::uint8_t next_header = 0;  // what the whole carries; the first fragment's counts (RFC 8200)
  std::size_t offset = 0;        // bytes
  bool more = false;
  Slice payload;
};

struct WholeDatagram {
  Slice payload;  // captured ends at the first byte that a snaplen cut off
  std::uint8_t next_header = 0;
  std::span<const std::uint64_t> frames;
};

class Reassembly {
 public:
  static constexpr std::size_t slots = 64;

  Reassembly();
  Reassembly(const Reassembly&) = delete;
  Reassembly& operator=(const Reassembly&) = delete;
  ~Reassembly();

  enum class Result : std::uint8_t { stored, complete, malformed };

  // On complete, `whole` borrows from here until the next call.
  Result add(const Frame& frame, const Fragment& fragment, WholeDatagram& whole);

  // Datagrams of which a fragment never came: those given up so far and those still open.
  std::uint64_t incomplete() const { return given_up_ + open_; }

 private:
  struct Slot;
  Slot* find(const FragmentKey& key, std::uint32_t hash, std::int64_t now_ns);
  Slot& make(const FragmentKey& key, std::uint32_t hash, const Frame& frame);
  void release(std::size_t index);

  std::vector<std::uint32_t> hashes_;           // of the slot in use at the same index; 0: free
  std::vector<std::unique_ptr<Slot>> storage_;  // made once, then reused
  std::uint64_t given_up_ = 0;
  std::uint64_t open_ = 0;
};

}  // namespace echolab::capture

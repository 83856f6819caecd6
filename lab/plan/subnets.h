#pragma once
// Free subnets for networks that ask for none in particular.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lab/base/address.h"

namespace echolab::plan {

// Hands out subnets that overlap neither what is occupied nor each other. Where the search begins follows from the
// run's id, so that runs on one machine at the same moment rarely want the same.
class SubnetAllocator {
 public:
  // Routes as wide as half the internet (a VPN's default route) occupy nothing.
  SubnetAllocator(std::string_view run_id, std::vector<Prefix> occupied);

  void occupy(const Prefix& prefix);
  bool is_free(const Prefix& prefix) const;

  // From 198.18.0.0/15: the longest prefix, at most /28, with room for the nodes, a gateway and some spare. Throws
  // EnvironmentError when none is free.
  Prefix allocate_v4(std::uint64_t nodes);
  // A /64 with a 40-bit global id that follows from the run's id (RFC 4193, 3.2.2).
  Prefix allocate_v6();

 private:
  // Addresses [begin, end) of 198.18.0.0/15 as offsets into it; sorted, apart from each other.
  struct Range {
    std::uint32_t begin, end;
  };
  void occupy_range(Range range);

  std::string run_id_;
  std::vector<Range> ranges_;
  std::vector<Prefix> occupied_;
  std::uint32_t allocated_ = 0;
};

// The first 64 bits of the SHA-256 of a text: a hash that is the same on every machine and in every version.
std::uint64_t stable_hash(std::string_view text);

}  // namespace echolab::plan

#include "lab/plan/subnets.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "lab/base/error.h"
#include "lab/base/hash.h"

namespace echolab::plan {

namespace {

constexpr std::uint32_t pool_base = 0xc6120000;  // 198.18.0.0
constexpr std::uint32_t pool_size = 1u << 17;    // /15
constexpr int longest_prefix = 28;
constexpr std::uint64_t spare_addresses = 2;  // for whoever attaches a container by hand to look around

}  // namespace

std::uint64_t stable_hash(std::string_view text) {
  const std::string digest = sha256_hex(text);
  std::uint64_t value = 0;
  std::from_chars(digest.data(), digest.data() + 16, value, 16);
  return value;
}

SubnetAllocator::SubnetAllocator(std::string_view run_id, std::vector<Prefix> occupied) : run_id_(run_id) {
  for (const Prefix& prefix : occupied) {
    if (prefix.length() > 1) occupy(prefix);
  }
}

void SubnetAllocator::occupy(const Prefix& prefix) {
  occupied_.push_back(prefix);
  const Prefix pool(IpAddress::v4(pool_base), 15);
  if (!prefix.overlaps(pool)) return;
  if (prefix.length() <= pool.length()) return occupy_range({0, pool_size});
  const std::uint32_t begin = prefix.network().v4_host_order() - pool_base;
  occupy_range({begin, begin + (1u << (32 - prefix.length()))});
}

void SubnetAllocator::occupy_range(Range range) {
  // Prefixes nest or are apart, so what overlaps the new range is swallowed by it, or swallows it.
  auto first = std::lower_bound(ranges_.begin(), ranges_.end(), range.begin,
                                [](const Range& r, std::uint32_t begin) { return r.end <= begin; });
  auto last = first;
  for (; last != ranges_.end() && last->begin < range.end; ++last) {
    range.begin = std::min(range.begin, last->begin);
    range.end = std::max(range.end, last->end);
  }
  ranges_.insert(ranges_.erase(first, last), range);
}

bool SubnetAllocator::is_free(const Prefix& prefix) const {
  return std::none_of(occupied_.begin(), occupied_.end(), [&](const Prefix& o) { return o.overlaps(prefix); });
}

Prefix SubnetAllocator::allocate_v4(std::uint64_t nodes) {
  const std::uint64_t needed = nodes + 1 + spare_addresses + 2;  // gateway; network and broadcast address
  int length = longest_prefix;
  while (length > 15 && std::uint64_t{1} << (32 - length) < needed) --length;
  const std::uint32_t size = 1u << (32 - length);
  const std::uint32_t slots = pool_size / size;
  const auto start = static_cast<std::uint32_t>(stable_hash(fmt::format("{}/v4/{}", run_id_, allocated_++)) % slots);

  // From the start to the end of the pool, then from its beginning; occupied ranges are jumped over whole.
  for (const auto& [from, to] : {std::pair{start * size, pool_size}, std::pair{0u, start * size}}) {
    std::uint32_t at = from;
    auto next = std::lower_bound(ranges_.begin(), ranges_.end(), at,
                                 [](const Range& r, std::uint32_t begin) { return r.end <= begin; });
    while (at + size <= to) {
      if (next == ranges_.end() || next->begin >= at + size) {
        const Prefix found(IpAddress::v4(pool_base + at), length);
        occupy(found);
        return found;
      }
      at = (next->end + size - 1) / size * size;
      ++next;
    }
  }
  throw EnvironmentError(
      fmt::format("find a free /{} subnet in 198.18.0.0/15 for a network of {} nodes", length, nodes),
      fmt::format("networks and routes of this host take all {} of them", slots),
      "remove leftovers with 'echolab clean', or give the network a 'subnet' of its own");
}

Prefix SubnetAllocator::allocate_v6() {
  for (std::uint32_t attempt = 0;; ++attempt) {
    const std::uint64_t id =
        stable_hash(attempt == 0 ? fmt::format("{}/v6", run_id_) : fmt::format("{}/v6/{}", run_id_, attempt));
    std::array<std::uint8_t, 16> bytes{0xfd};
    for (std::size_t i = 0; i < 5; ++i) bytes[1 + i] = static_cast<std::uint8_t>(id >> (56 - 8 * i));
    const Prefix site(IpAddress::from_v6_bytes(bytes.data()), 48);
    // The 16 bits after the global id number the networks of the run.
    for (std::uint32_t subnet = 0; subnet < 1u << 16; ++subnet) {
      bytes[6] = static_cast<std::uint8_t>(subnet >> 8);
      bytes[7] = static_cast<std::uint8_t>(subnet);
      const Prefix candidate(IpAddress::from_v6_bytes(bytes.data()), 64);
      if (is_free(candidate)) {
        occupied_.push_back(candidate);
        return candidate;
      }
      const bool site_taken = std::any_of(occupied_.begin(), occupied_.end(), [&](const Prefix& o) {
        return o.length() <= site.length() && o.overlaps(site);
      });
      if (site_taken) break;
    }
    if (attempt == 1000) {
      throw EnvironmentError("find a free /64 subnet in fd00::/8", "routes of this host take every one that was tried",
                             "give the network a 'subnet6' of its own");
    }
  }
}

}  // namespace echolab::plan

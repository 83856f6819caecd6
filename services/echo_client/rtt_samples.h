#pragma once
// Round trips of one client or of all.

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace echo {

// Exact up to 65,536 round trips; beyond that minimum and maximum stay exact and the percentiles come from a uniform
// sample of that many (Vitter's algorithm R), so that memory is bounded.
class RttSamples {
 public:
  static constexpr std::size_t max_samples = 65'536;

  void add(std::int64_t rtt_ns);
  void add(const RttSamples& other);
  std::uint64_t count() const { return count_; }
  std::int64_t min() const { return min_; }  // 0 when there is none; likewise below
  std::int64_t max() const { return max_; }
  // Nearest rank: percent from 1 to 100.
  std::int64_t percentile(unsigned percent) const;

 private:
  std::vector<std::int64_t> samples_;
  std::uint64_t count_ = 0;
  std::int64_t min_ = 0, max_ = 0;
  std::minstd_rand random_{1};
};

}  // namespace echo

#pragma once
// Round-trip times of one exchange: exact up to 100,000 samples, then a log-linear histogram whose buckets are at most
// 1/64 of their value wide. Percentiles are nearest-rank.

#include <cstdint>
#include <vector>

namespace echolab::verify {

class RoundTrips {
 public:
  void add(std::uint64_t nanoseconds, std::uint64_t request_packet = 0, std::uint64_t echo_packet = 0);
  std::uint64_t count() const { return count_; }
  std::uint64_t min() const { return min_; }  // 0 without samples
  std::uint64_t max() const { return max_; }
  // Packets of the slowest; 0: none.
  std::uint64_t slowest_request() const { return slowest_request_; }
  std::uint64_t slowest_echo() const { return slowest_echo_; }
  // The sample of this rank, from 1, by size; 0 without samples.
  std::uint64_t of_rank(std::uint64_t rank) const;
  // The smallest sample such that at least percent % of all are not larger; 0 without samples.
  std::uint64_t percentile(double percent) const;

 private:
  std::uint64_t count_ = 0, min_ = 0, max_ = 0;
  std::uint64_t slowest_request_ = 0, slowest_echo_ = 0;
  std::vector<std::uint64_t> samples_;    // while exact
  std::vector<std::uint64_t> histogram_;  // counts per bucket, once there are too many
};

}  // namespace echolab::verify

#pragma once
// Round-trip times of one exchange: exact up to a number of samples, then a log-linear histogram whose buckets are at
// most 1/64 of their value wide. Percentiles are nearest-rank.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace echolab::verify {

class RoundTrips {
 public:
  // Memory that many of them share. Once it is used up, one that would need more keeps every second sample, then every
  // fourth, and so on.
  struct Budget {
    std::size_t bytes_left = std::size_t{12} << 20;
  };
  static constexpr std::size_t default_exact_samples = 100'000;

  explicit RoundTrips(std::size_t exact_samples = default_exact_samples, Budget* budget = nullptr)
      : exact_samples_(exact_samples), budget_(budget) {}

  void add(std::uint64_t nanoseconds, std::uint64_t request_packet = 0, std::uint64_t echo_packet = 0) {
    if (count_ == 0 || nanoseconds > max_) {
      slowest_request_ = request_packet;
      slowest_echo_ = echo_packet;
    }
    min_ = count_ == 0 || nanoseconds < min_ ? nanoseconds : min_;
    max_ = nanoseconds > max_ ? nanoseconds : max_;
    if (count_++ % stride_ == 0) keep(nanoseconds);
  }
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
  void keep(std::uint64_t nanoseconds);
  bool take_from_budget(std::size_t bytes);
  void thin_out();

  std::uint64_t kept() const { return histogram_.empty() ? samples_.size() : count_; }

  std::uint64_t count_ = 0, min_ = 0, max_ = 0;
  std::uint64_t slowest_request_ = 0, slowest_echo_ = 0;
  std::uint64_t stride_ = 1;              // every how many samples one is kept
  std::vector<std::uint64_t> samples_;    // while exact
  std::vector<std::uint32_t> histogram_;  // counts per bucket, once there are too many
  std::size_t exact_samples_;
  Budget* budget_;
};

}  // namespace echolab::verify

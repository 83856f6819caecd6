#pragma once
// Round-trip times, counted in buckets 1.6 % wide: no allocation, and no sorting at the end.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace echolab::bench::load {

class RoundTrips {
 public:
  void add(std::int64_t nanoseconds) {
    ++counts_[bucket_of(static_cast<std::uint64_t>(nanoseconds < 0 ? 0 : nanoseconds))];
    ++total_;
  }

  // Nanoseconds that this share of all stays within, such as 0.99; 0 without any.
  double quantile(double share) const {
    const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(total_));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (counts_[i] > 0 && seen >= wanted) return middle_of(i);
    }
    return 0;
  }

 private:
  // 64 buckets for each power of two.
  static constexpr unsigned bits = 6;
  static constexpr std::uint64_t steps = 1U << bits;

  static std::size_t bucket_of(std::uint64_t value) {
    if (value < steps) return value;
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - bits - 1;
    return (shift + 1) * steps + ((value >> shift) - steps);
  }
  static double middle_of(std::size_t bucket) {
    if (bucket < steps) return static_cast<double>(bucket);
    const std::size_t shift = bucket / steps - 1;
    return (static_cast<double>(bucket % steps + steps) + 0.5) * static_cast<double>(std::uint64_t{1} << shift);
  }

  std::array<std::uint64_t, (64 - bits + 1) * steps> counts_{};
  std::uint64_t total_ = 0;
};

}  // namespace echolab::bench::load

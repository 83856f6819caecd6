#include "lab/verify/round_trips.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace echolab::verify {

namespace {

constexpr std::size_t exact_samples = 100'000;
constexpr unsigned sub_bits = 6;  // 64 buckets for each power of two

std::size_t bucket_of(std::uint64_t value) {
  if (value < (1u << sub_bits)) return static_cast<std::size_t>(value);
  const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - sub_bits - 1;
  return (static_cast<std::size_t>(shift + 1) << sub_bits) + static_cast<std::size_t>((value >> shift) & 63u);
}

std::uint64_t lower_bound_of(std::size_t bucket) {
  if (bucket < (1u << sub_bits)) return bucket;
  const std::size_t shift = (bucket >> sub_bits) - 1;
  return (std::uint64_t{64} + (bucket & 63u)) << shift;
}

}  // namespace

void RoundTrips::add(std::uint64_t nanoseconds, std::uint64_t request_packet, std::uint64_t echo_packet) {
  if (count_ == 0 || nanoseconds > max_) {
    slowest_request_ = request_packet;
    slowest_echo_ = echo_packet;
  }
  min_ = count_ == 0 ? nanoseconds : std::min(min_, nanoseconds);
  max_ = std::max(max_, nanoseconds);
  ++count_;
  if (histogram_.empty() && samples_.size() < exact_samples) {
    samples_.push_back(nanoseconds);
    return;
  }
  if (histogram_.empty()) {
    histogram_.resize(bucket_of(~std::uint64_t{0}) + 1);
    for (const std::uint64_t sample : samples_) ++histogram_[bucket_of(sample)];
    samples_ = {};
  }
  ++histogram_[bucket_of(nanoseconds)];
}

std::uint64_t RoundTrips::percentile(double percent) const {
  if (count_ == 0) return 0;
  const double exact_rank = std::ceil(percent / 100.0 * static_cast<double>(count_));
  return of_rank(static_cast<std::uint64_t>(exact_rank));
}

std::uint64_t RoundTrips::of_rank(std::uint64_t rank) const {
  if (count_ == 0) return 0;
  rank = std::clamp<std::uint64_t>(rank, 1, count_);
  if (histogram_.empty()) {
    std::vector<std::uint64_t> sorted = samples_;
    const auto nth = sorted.begin() + static_cast<std::ptrdiff_t>(rank - 1);
    std::nth_element(sorted.begin(), nth, sorted.end());
    return *nth;
  }
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < histogram_.size(); ++bucket) {
    seen += histogram_[bucket];
    if (seen >= rank) return std::clamp(lower_bound_of(bucket), min_, max_);
  }
  return max_;
}

}  // namespace echolab::verify

#include "lab/verify/round_trips.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace echolab::verify {

namespace {

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

bool RoundTrips::take_from_budget(std::size_t bytes) {
  if (budget_ == nullptr) return true;
  if (budget_->bytes_left < bytes) return false;
  budget_->bytes_left -= bytes;
  return true;
}

void RoundTrips::thin_out() {
  std::size_t left = 0;
  for (std::size_t i = 0; i < samples_.size(); i += 2) samples_[left++] = samples_[i];
  samples_.resize(left);
  stride_ *= 2;
}

void RoundTrips::keep(std::uint64_t nanoseconds) {
  constexpr std::size_t first_samples = 16;
  if (!histogram_.empty()) {
    ++histogram_[bucket_of(nanoseconds)];
    return;
  }
  if (samples_.size() >= exact_samples_) {
    const std::size_t buckets = bucket_of(~std::uint64_t{0}) + 1;
    if (stride_ == 1 && take_from_budget(buckets * sizeof(std::uint32_t))) {
      histogram_.resize(buckets);
      for (const std::uint64_t sample : samples_) ++histogram_[bucket_of(sample)];
      if (budget_ != nullptr) budget_->bytes_left += samples_.capacity() * sizeof(std::uint64_t);
      samples_ = {};
      ++histogram_[bucket_of(nanoseconds)];
      return;
    }
    thin_out();
  } else if (samples_.size() == samples_.capacity()) {
    const std::size_t more = samples_.empty() ? first_samples : samples_.capacity();
    if (take_from_budget(more * sizeof(std::uint64_t))) {
      samples_.reserve(samples_.capacity() + more);
    } else if (samples_.empty()) {
      samples_.reserve(first_samples);  // so few that a hundred thousand conversations can have them
    } else {
      thin_out();
    }
  }
  samples_.push_back(nanoseconds);
}

std::uint64_t RoundTrips::percentile(double percent) const {
  if (count_ == 0) return 0;
  const double exact_rank = std::ceil(percent / 100.0 * static_cast<double>(kept()));
  return of_rank(static_cast<std::uint64_t>(exact_rank));
}

std::uint64_t RoundTrips::of_rank(std::uint64_t rank) const {
  if (count_ == 0) return 0;
  rank = std::clamp<std::uint64_t>(rank, 1, kept());
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

#include "services/echo_client/rtt_samples.h"

#include <algorithm>

namespace echo {

void RttSamples::add(std::int64_t rtt_ns) {
  min_ = count_ == 0 ? rtt_ns : std::min(min_, rtt_ns);
  max_ = std::max(max_, rtt_ns);
  ++count_;
  if (samples_.size() < max_samples) {
    samples_.push_back(rtt_ns);
  } else if (const auto slot = std::uniform_int_distribution<std::uint64_t>(0, count_ - 1)(random_);
             slot < max_samples) {
    samples_[slot] = rtt_ns;
  }
}

void RttSamples::add(const RttSamples& other) {
  if (other.count_ == 0) return;
  for (const std::int64_t rtt_ns : other.samples_) add(rtt_ns);
  count_ += other.count_ - other.samples_.size();
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

std::int64_t RttSamples::percentile(unsigned percent) const {
  if (samples_.empty()) return 0;
  std::vector<std::int64_t> sorted = samples_;
  const std::size_t rank = (sorted.size() * percent + 99) / 100;
  const auto nth = sorted.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1) - 1);
  std::nth_element(sorted.begin(), nth, sorted.end());
  return *nth;
}

}  // namespace echo

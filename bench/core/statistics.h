#pragma once
// What is said of a handful of noisy measurements: medians, and how sure a median ratio is.

#include <cstdint>
#include <span>
#include <vector>

namespace echolab::bench {

double median(std::vector<double> values);  // not empty

// Between these the true median lies in 95 of 100 cases, by the percentile bootstrap (Efron 1979).
struct Interval {
  double median = 0, low = 0, high = 0;
};

// The ratios ours[i] / peer[i], which were measured beside each other. Equal input gives equal output: the
// resampling is seeded. As many values in both, at least one; a single one is its own interval.
Interval ratio_of_pairs(std::span<const double> ours, std::span<const double> peer);
Interval interval_of_median(std::span<const double> values);

}  // namespace echolab::bench

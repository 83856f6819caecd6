#include "bench/core/statistics.h"

#include <algorithm>
#include <cstddef>
#include <random>

namespace echolab::bench {

namespace {
constexpr int resamples = 2000;
constexpr double left_out = 0.025;  // on either side
}  // namespace

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

Interval interval_of_median(std::span<const double> values) {
  std::mt19937_64 random(1);
  std::uniform_int_distribution<std::size_t> index(0, values.size() - 1);
  std::vector<double> medians, drawn(values.size());
  medians.reserve(resamples);
  for (int i = 0; i < resamples; ++i) {
    for (double& value : drawn) value = values[index(random)];
    medians.push_back(median(drawn));
  }
  std::sort(medians.begin(), medians.end());
  const auto at = [&](double share) { return medians[static_cast<std::size_t>(share * (resamples - 1))]; };
  return {median({values.begin(), values.end()}), at(left_out), at(1 - left_out)};
}

Interval ratio_of_pairs(std::span<const double> ours, std::span<const double> peer) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < ours.size(); ++i) ratios.push_back(ours[i] / peer[i]);
  return interval_of_median(ratios);
}

}  // namespace echolab::bench

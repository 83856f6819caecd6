#include "bench/core/race.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "bench/core/statistics.h"

namespace echolab::bench {

std::vector<double> Series::values(const std::string& figure) const {
  std::vector<double> all;
  for (const Sample& sample : samples) all.push_back(sample.figures.at(figure));
  return all;
}

double Series::median_cpu_seconds() const {
  std::vector<double> all;
  for (const Sample& sample : samples) all.push_back(sample.cpu_seconds);
  return median(all);
}

std::uint64_t Series::peak_bytes() const {
  std::uint64_t peak = 0;
  for (const Sample& sample : samples) peak = std::max(peak, sample.peak_bytes);
  return peak;
}

std::vector<Series> race(const std::string& what, const std::vector<Contestant>& contestants, const Rounds& rounds) {
  const bool watched = ::isatty(STDERR_FILENO) == 1;
  if (!watched) fmt::print(stderr, "{}\n", what);
  std::vector<Series> all;
  for (const Contestant& contestant : contestants) all.push_back({contestant.name, {}});
  for (int round = -rounds.warm_ups; round < rounds.pairs; ++round) {
    for (std::size_t i = 0; i < contestants.size(); ++i) {
      const std::size_t turn = round % 2 == 0 ? i : contestants.size() - 1 - i;
      if (watched) {
        fmt::print(stderr, "\r\x1b[K{}: {} of {}, {}", what, std::max(round + 1, 0), rounds.pairs,
                   contestants[turn].name);
        std::fflush(stderr);
      }
      Sample sample = contestants[turn].run();
      if (round >= 0) all[turn].samples.push_back(std::move(sample));
    }
  }
  if (watched) fmt::print(stderr, "\r\x1b[K");
  return all;
}

}  // namespace echolab::bench

#include "bench/core/race.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "bench/core/statistics.h"
#include "lab/base/error.h"

namespace echolab::bench {

namespace {

constexpr int most_repeated = 3;

std::vector<std::string>& repeated_rounds() {
  static std::vector<std::string> all;
  return all;
}

class Progress {
 public:
  explicit Progress(const std::string& what) : what_(what), watched_(::isatty(STDERR_FILENO) == 1) {
    if (!watched_) fmt::print(stderr, "{}\n", what_);
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() {
    if (watched_) fmt::print(stderr, "\r\x1b[K");
  }
  void show(int round, int rounds, const std::string& name) const {
    if (!watched_) return;
    fmt::print(stderr, "\r\x1b[K{}: {} of {}, {}", what_, std::max(round + 1, 0), rounds, name);
    std::fflush(stderr);
  }

 private:
  const std::string& what_;
  const bool watched_;
};

}  // namespace

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
  const Progress progress(what);
  std::vector<Series> all;
  for (const Contestant& contestant : contestants) all.push_back({contestant.name, {}});
  int repeated = 0;
  for (int round = -rounds.warm_ups; round < rounds.pairs; ++round) {
    std::vector<Sample> samples(contestants.size());
    std::size_t turn = 0;
    try {
      for (std::size_t i = 0; i < contestants.size(); ++i) {
        turn = round % 2 == 0 ? i : contestants.size() - 1 - i;
        progress.show(round, rounds.pairs, contestants[turn].name);
        samples[turn] = contestants[turn].run();
      }
    } catch (const EnvironmentError& error) {
      if (++repeated > most_repeated) throw;
      repeated_rounds().push_back(
          fmt::format("{}: a round was repeated, since {} failed: {}", what, contestants[turn].name, error.cause()));
      --round;
      continue;
    }
    if (round < 0) continue;
    for (std::size_t i = 0; i < all.size(); ++i) all[i].samples.push_back(std::move(samples[i]));
  }
  return all;
}

std::vector<std::string> take_repeated_rounds() {
  return std::exchange(repeated_rounds(), {});
}

}  // namespace echolab::bench

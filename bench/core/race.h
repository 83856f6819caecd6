#pragma once
// Contestants take turns, so that whatever disturbs the machine for a while disturbs all of them.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace echolab::bench {

// What one run of one contestant gave: named figures such as "echoes/s" or "up". `cpu_seconds` and `peak_bytes` are
// those of the programs that the run is about, 0 when they can't be told.
struct Sample {
  std::map<std::string, double> figures;
  double cpu_seconds = 0;
  std::uint64_t peak_bytes = 0;
};

struct Contestant {
  std::string name;
  std::function<Sample()> run;  // throws EnvironmentError
};

struct Rounds {
  int warm_ups = 1;  // thrown away
  int pairs = 15;
};

// Every sample of one contestant, in the order of the rounds: those of equal index were measured beside each other.
struct Series {
  std::string name;
  std::vector<Sample> samples;

  std::vector<double> values(const std::string& figure) const;
  double median_cpu_seconds() const;
  std::uint64_t peak_bytes() const;  // the largest
};

// Runs A B C, C B A, A B C …. Progress goes to standard error. A round in which somebody failed counts for nobody and is
// repeated; when that has happened too often, the last failure is thrown.
std::vector<Series> race(const std::string& what, const std::vector<Contestant>& contestants, const Rounds& rounds);

// What was said of the rounds that were repeated since the last call.
std::vector<std::string> take_repeated_rounds();

}  // namespace echolab::bench

#pragma once
// What `./echolab bench` can measure: one function per benchmark, each in a folder of its own.

#include <filesystem>
#include <span>
#include <string_view>

#include "bench/core/results.h"

namespace echolab::bench {

struct Settings {
  std::filesystem::path program;   // echolab
  std::filesystem::path services;  // the folder of echo-server and the other programs of nodes
  std::filesystem::path peers;     // the folder of the programs below bench/peers
  std::filesystem::path folder;    // for files; those of a run are gone with it
  int pairs = 15;                  // at least so many, but where a benchmark says why not
  bool quick = false;              // few pairs of few cases: all benchmarks together within three minutes

  // Warm-ups, and as many pairs as asked for, but at most `most` where one takes minutes.
  Rounds rounds(int most = 1000) const;
};

struct Benchmark {
  std::string_view name;
  std::string_view question;  // for --help
  Section (*run)(const Settings&);
};

// In the order in which they run.
std::span<const Benchmark> benchmarks();

}  // namespace echolab::bench

#pragma once
// What the benchmarks found, as data: rows that one table, one JSON document and one page are made of.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/core/goals.h"
#include "bench/core/race.h"
#include "bench/core/statistics.h"

namespace echolab::bench {

// One figure of ours beside one peer's, or alone.
struct Row {
  std::string what;    // "TCP ping-pong, 64 connections, 64 bytes"
  std::string figure;  // "echoes/s"
  double ours = 0;     // median
  std::string peer;    // "": there is none
  double theirs = 0;   // median
  // Ours to theirs, or ours where there is no peer: what the goal is about.
  Interval compared;
  int pairs = 0;
  double our_cpu_seconds = 0, their_cpu_seconds = 0;  // medians of a run
  std::uint64_t our_peak_bytes = 0, their_peak_bytes = 0;
  std::optional<Goal> goal;

  bool is_short() const { return goal && !goal->is_met_by(compared.median); }
};

struct Section {
  std::string name;   // "echo"
  std::string about;  // how it was measured: a sentence or two, for people
  std::vector<Row> rows;
  std::vector<std::string> notes;  // what is missing, and the command that brings it
};

// The ratio of one figure between two contestants of a race.
Row compare(std::string what, const std::string& figure, const Series& ours, const Series& peer,
            std::optional<Goal> goal = {});
// Ours alone.
Row state(std::string what, const std::string& figure, const Series& ours, std::optional<Goal> goal = {});
// One number that is no measurement of time, such as a count of losses.
Row fact(std::string what, std::string figure, double value, std::optional<Goal> goal = {});

}  // namespace echolab::bench

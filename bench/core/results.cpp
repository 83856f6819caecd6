#include "bench/core/results.h"

#include <utility>

namespace echolab::bench {

namespace {

Row of_ours(std::string what, const std::string& figure, const Series& ours, std::optional<Goal> goal) {
  Row row;
  row.what = std::move(what);
  row.figure = figure;
  row.ours = median(ours.values(figure));
  row.pairs = static_cast<int>(ours.samples.size());
  row.our_cpu_seconds = ours.median_cpu_seconds();
  row.our_peak_bytes = ours.peak_bytes();
  row.goal = goal;
  return row;
}

}  // namespace

Row compare(std::string what, const std::string& figure, const Series& ours, const Series& peer,
            std::optional<Goal> goal) {
  Row row = of_ours(std::move(what), figure, ours, goal);
  row.peer = peer.name;
  row.theirs = median(peer.values(figure));
  row.compared = ratio_of_pairs(ours.values(figure), peer.values(figure));
  row.their_cpu_seconds = peer.median_cpu_seconds();
  row.their_peak_bytes = peer.peak_bytes();
  return row;
}

Row state(std::string what, const std::string& figure, const Series& ours, std::optional<Goal> goal) {
  Row row = of_ours(std::move(what), figure, ours, goal);
  row.compared = interval_of_median(ours.values(figure));
  return row;
}

Row fact(std::string what, std::string figure, double value, std::optional<Goal> goal) {
  Row row;
  row.what = std::move(what);
  row.figure = std::move(figure);
  row.ours = value;
  row.compared = {value, value, value};
  row.pairs = 1;
  row.goal = goal;
  return row;
}

}  // namespace echolab::bench

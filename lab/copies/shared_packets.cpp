#include "lab/copies/shared_packets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <ranges>
#include <set>
#include <string_view>

#include "lab/base/text.h"
#include "lab/capture/capture.h"

namespace echolab::copies {

namespace {

constexpr std::size_t most_pairs_each = 16;  // holders of one thing that are all paired with each other
constexpr std::size_t most_evidence = 5;
// The pair is reported when chance makes one in fewer than 2^20 classes.
constexpr double safety_bits = 20;
constexpr double least_bits = 40;
// Two numbers of 32 random bits in each: one packet would do, but a handshake has three.
constexpr std::size_t least_tcp_packets = 3;

using Positions = std::map<std::uint32_t, std::uint32_t>;  // of the first capture → of the second

// Positions with equal digests: the n-th of one with the n-th of the other. Both lists are sorted.
template <typename Use>
void for_each_common(const std::vector<PrintKey>& first, const std::vector<PrintKey>& second, Use use) {
  auto a = first.begin();
  auto b = second.begin();
  while (a != first.end() && b != second.end()) {
    if (a->digest < b->digest) {
      ++a;
    } else if (b->digest < a->digest) {
      ++b;
    } else {
      use(a->position, b->position);
      ++a;
      ++b;
    }
  }
}

bool equal_at(const CapturePrint& first, const CapturePrint& second, Series series, std::int64_t a, std::int64_t b) {
  const SeriesValue& one = first.packets[static_cast<std::size_t>(a)].series[static_cast<std::size_t>(series)];
  const SeriesValue& other = second.packets[static_cast<std::size_t>(b)].series[static_cast<std::size_t>(series)];
  return one.known && other.known && one.value == other.value;
}

// Equal values of one series in neighbouring packets of both captures.
struct Run {
  std::int64_t first = 0, second = 0;  // positions where it begins
  std::int64_t length = 0;
  float bits = 0;
};

class Comparison {
 public:
  Comparison(const CapturePrint& first, const CapturePrint& second) : first_(first), second_(second) {}

  // Packets that have equal values in runs of this series, when one of these is beyond chance.
  Positions matched(Series series, double needed_bits) const {
    std::vector<Run> runs;
    std::map<std::int64_t, std::int64_t> done_until;  // by how much the positions differ
    std::vector<std::pair<std::uint32_t, std::uint32_t>> starts;
    for_each_common(first_.runs, second_.runs, [&](std::uint32_t a, std::uint32_t b) { starts.emplace_back(a, b); });
    std::ranges::sort(starts);
    for (const auto& [a, b] : starts) {
      if (!equal_at(first_, second_, series, a, b)) continue;  // a run of another series
      const auto [done, is_new] = done_until.try_emplace(std::int64_t{a} - std::int64_t{b}, -1);
      if (a < done->second) continue;
      const Run run = extended(series, a, b);
      done->second = run.first + run.length;
      if (run.length >= static_cast<std::int64_t>(run_length)) runs.push_back(run);
    }
    Positions positions;
    if (std::ranges::none_of(runs, [&](const Run& run) { return run.bits >= needed_bits; })) return positions;
    for (const Run& run : runs) {
      // A distance lies between two packets: the one before the first belongs to the run.
      for (std::int64_t i = series == Series::distance ? -1 : 0; i < run.length; ++i) {
        positions.try_emplace(static_cast<std::uint32_t>(run.first + i), static_cast<std::uint32_t>(run.second + i));
      }
    }
    return positions;
  }

  Positions matched_tcp() const {
    Positions positions;
    std::set<std::uint64_t> different;
    for_each_common(first_.tcp, second_.tcp, [&](std::uint32_t a, std::uint32_t b) {
      positions.try_emplace(a, b);
      different.insert(first_.packets[a].tcp_numbers);
    });
    if (different.size() < least_tcp_packets) positions.clear();
    return positions;
  }

 private:
  Run extended(Series series, std::int64_t a, std::int64_t b) const {
    const auto goes_on = [&](std::int64_t i, std::int64_t j) {
      return i >= 0 && j >= 0 && i < std::ssize(first_.packets) && j < std::ssize(second_.packets) &&
             first_.packets[static_cast<std::size_t>(i)].chain == first_.packets[static_cast<std::size_t>(a)].chain &&
             second_.packets[static_cast<std::size_t>(j)].chain == second_.packets[static_cast<std::size_t>(b)].chain &&
             equal_at(first_, second_, series, i, j);
    };
    Run run{a, b, 1, 0};
    while (goes_on(run.first - 1, run.second - 1)) {
      --run.first;
      --run.second;
      ++run.length;
    }
    while (goes_on(run.first + run.length, run.second + run.length)) ++run.length;
    run.bits = bits_of(first_, series, static_cast<std::size_t>(run.first), static_cast<std::size_t>(run.length));
    return run;
  }

  const CapturePrint& first_;
  const CapturePrint& second_;
};

// By how much the second capture's packets are later; nullopt when it is not by the same time for all of them.
std::optional<std::int64_t> shift_of(const CapturePrint& first, const CapturePrint& second,
                                     const Positions& positions) {
  const auto shift = [&](const Positions::value_type& pair) {
    return capture::nanoseconds_between(first.packets[pair.first].time_ns, second.packets[pair.second].time_ns);
  };
  const auto [least, most] = std::ranges::minmax(positions | std::views::transform(shift));
  // Each may have been rounded to a microsecond.
  if (static_cast<double>(most) - static_cast<double>(least) > 2000) return std::nullopt;
  return least;
}

std::string times_of(std::optional<std::int64_t> shift) {
  if (!shift) return "; their times differ, as they do when one exchange is captured at both of its ends";
  const double seconds = static_cast<double>(*shift) / 1e9;
  if (std::abs(seconds) < 1e-6) return "; both at the same times";
  const std::string whole = with_thousands(static_cast<std::uint64_t>(std::abs(seconds)));
  const std::string fraction = fmt::format("{:.6f}", std::abs(seconds) - std::floor(std::abs(seconds)));
  return fmt::format("; the second file is {}{} s {}", whole, fraction.substr(1), seconds > 0 ? "later" : "earlier");
}

// Packets that say too little by themselves, but are as much later as those that were found.
void add_equally_late(const CapturePrint& first, const CapturePrint& second, std::int64_t shift, Positions& positions) {
  std::set<std::uint32_t> taken;
  for (const auto& [a, b] : positions) taken.insert(b);
  std::multimap<std::int64_t, std::uint32_t> free;  // of the second, by time
  for (std::uint32_t b = 0; b < second.packets.size(); ++b) {
    if (!taken.contains(b)) free.emplace(second.packets[b].time_ns, b);
  }
  for (std::uint32_t a = 0; a < first.packets.size(); ++a) {
    if (positions.contains(a)) continue;
    const auto time = static_cast<std::int64_t>(static_cast<std::uint64_t>(first.packets[a].time_ns) +
                                                static_cast<std::uint64_t>(shift));
    const std::int64_t earliest = time < std::numeric_limits<std::int64_t>::min() + 1000 ? time : time - 1000;
    const auto found = free.lower_bound(earliest);
    if (found == free.end() || static_cast<double>(found->first) - static_cast<double>(time) > 2000) continue;
    positions.emplace(a, found->second);
    free.erase(found);
  }
}

// What was changed in packets that are the same otherwise.
std::string changes_in(const CapturePrint& first, const CapturePrint& second, const Positions& positions) {
  std::size_t payloads = 0, endpoints = 0;
  for (const auto& [a, b] : positions) {
    if (first.packets[a].payload != second.packets[b].payload) ++payloads;
    if (first.packets[a].endpoints != second.packets[b].endpoints) ++endpoints;
  }
  std::string text;
  if (endpoints > 0) text += "; addresses or ports differ";
  if (payloads > 0) text += fmt::format("; payloads differ in {}", counted(payloads, "packet", "packets"));
  return text;
}

// Spread over all that match, so that a reader sees the beginning, the end and something between.
std::vector<std::string> evidence_of(const CapturePrint& first, const CapturePrint& second,
                                     const Positions& positions) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> numbers;
  for (const auto& [a, b] : positions) numbers.emplace_back(first.packets[a].number, second.packets[b].number);
  std::ranges::sort(numbers);
  std::vector<std::string> evidence;
  const std::size_t count = std::min(most_evidence, numbers.size());
  for (std::size_t i = 0; i < count; ++i) {
    const auto& [a, b] = numbers[count == 1 ? 0 : i * (numbers.size() - 1) / (count - 1)];
    evidence.push_back(fmt::format("{} packet {} = {} packet {}", first.file, a, second.file, b));
  }
  return evidence;
}

double bits_needed(const CapturePrint& first, const CapturePrint& second, std::size_t captures) {
  const double alignments = static_cast<double>(first.packets.size()) * static_cast<double>(second.packets.size());
  const double pairs = static_cast<double>(captures) * static_cast<double>(captures) / 2;
  return std::max(least_bits, safety_bits + std::log2(std::max(1.0, alignments)) + std::log2(std::max(1.0, pairs)));
}

}  // namespace

std::vector<std::pair<std::size_t, std::size_t>> pairs_in_common(const std::vector<CapturePrint>& captures) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> holders;  // digest, capture
  for (std::size_t i = 0; i < captures.size(); ++i) {
    const auto capture = static_cast<std::uint32_t>(i);
    for (const PrintKey& key : captures[i].runs) holders.emplace_back(key.digest, capture);
    for (const PrintKey& key : captures[i].tcp) holders.emplace_back(key.digest, capture);
    // The first 64 bits of the file's digest.
    if (!captures[i].sha256.empty())
      holders.emplace_back(std::stoull(captures[i].sha256.substr(0, 16), nullptr, 16), capture);
  }
  std::ranges::sort(holders);
  const auto repeated = std::ranges::unique(holders);
  holders.erase(repeated.begin(), repeated.end());
  std::set<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t begin = 0, end = 0; begin < holders.size(); begin = end) {
    while (end < holders.size() && holders[end].first == holders[begin].first) ++end;
    const std::size_t firsts = end - begin <= most_pairs_each ? end : begin + 1;
    for (std::size_t i = begin; i < firsts; ++i) {
      for (std::size_t j = i + 1; j < end; ++j) pairs.emplace(holders[i].second, holders[j].second);
    }
  }
  return {pairs.begin(), pairs.end()};
}

std::optional<SharedPackets> compare(const CapturePrint& first, const CapturePrint& second, std::size_t captures) {
  if (!first.sha256.empty() && first.sha256 == second.sha256) {
    return SharedPackets{"the two files are the same, byte for byte", {"SHA-256 of both: " + first.sha256}};
  }
  const double needed = bits_needed(first, second, captures);
  const Comparison comparison(first, second);
  const std::size_t packets = std::min(first.packets.size(), second.packets.size());
  const auto report = [&](const Positions& positions, std::optional<std::int64_t> shift, std::string_view what) {
    return SharedPackets{
        fmt::format("{} of {} have {}{}{}", with_thousands(std::min(positions.size(), packets)),
                    counted(packets, "packet", "packets"), what, times_of(shift), changes_in(first, second, positions)),
        evidence_of(first, second, positions)};
  };
  if (Positions positions = comparison.matched(Series::distance, needed); !positions.empty()) {
    const auto shift = shift_of(first, second, positions);
    if (shift) add_equally_late(first, second, *shift, positions);
    return report(positions, shift, "the same distances in time to the microsecond");
  }
  for (const auto& [positions, what] :
       {std::pair{comparison.matched_tcp(), "the same TCP sequence and acknowledgement numbers"},
        std::pair{comparison.matched(Series::identification, needed), "the same random IP identifications"},
        std::pair{comparison.matched(Series::time_stamp, needed), "the same TCP time stamps"}}) {
    if (!positions.empty()) return report(positions, shift_of(first, second, positions), what);
  }
  return std::nullopt;
}

}  // namespace echolab::copies

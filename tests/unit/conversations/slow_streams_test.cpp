// The judge of captures against the slow one on random TCP connections: real frames on one side, what both programs
// sent on the other.

#include <gtest/gtest.h>

#include "lab/conversations/judge_capture.h"
#include "tests/unit/conversations/random_connections.h"

namespace echolab::conversations {
namespace {

using test::RandomCapture;
using test::SlowConnectionReport;
using test::SlowTimes;
using test::Tally;

CaptureVerdict fast(const RandomCapture& capture) {
  const capture::Bytes bytes(reinterpret_cast<const std::uint8_t*>(capture.file().data()), capture.file().size());
  capture::FrameReader reader(bytes);
  JudgeOptions options;
  options.timeout = Nanoseconds(test::RandomConnection::timeout_ns);
  return judge_frames(reader, "random.pcap", options);
}

// What the fast judge said of one connection, in the words of the slow one.
SlowConnectionReport report_of(const CaptureVerdict& verdict, std::uint32_t index) {
  const Conversation& facts = verdict.conversations[index];
  const TcpReport& tcp = *facts.tcp;
  SlowConnectionReport report;
  report.sent = static_cast<std::int64_t>(tcp.bytes_sent);
  report.echoed = static_cast<std::int64_t>(tcp.bytes_echoed);
  report.missing = static_cast<std::int64_t>(tcp.missing);
  if (tcp.first_difference) {
    report.difference = {static_cast<std::int64_t>(tcp.first_difference->offset), tcp.first_difference->packet};
  }
  report.handshake = tcp.handshake;
  report.close = tcp.close == Close::rst ? 'R' : tcp.close == Close::fin ? 'F' : '-';
  report.retransmissions = tcp.retransmissions;
  report.altered = facts.altered;
  report.lost = facts.lost;
  report.unsolicited = facts.unsolicited;
  report.verdict = facts.judged ? 'p' : 'n';
  for (const CaptureFinding& finding : verdict.findings) {
    if (finding.conversation != index) continue;
    if (finding.outcome == Outcome::failed || report.verdict == 'p') {
      report.verdict = finding.outcome == Outcome::failed ? 'f' : 'i';
    }
    const bool about_length = finding.message.find(" came back of ") != std::string::npos ||
                              finding.message.find(" came back;") != std::string::npos;
    if (about_length && tcp.missing == 0) report.packets = finding.packets;
  }
  if (tcp.missing == 0) {
    report.times = SlowTimes{facts.late, {}, {}};
    if (facts.rtt) {
      report.times->fastest = static_cast<std::int64_t>(facts.rtt->min_ns);
      report.times->slowest = static_cast<std::int64_t>(facts.rtt->max_ns);
    }
  }
  return report;
}

Outcome outcome_of(const std::vector<SlowConnectionReport>& reports) {
  const auto count = [&](char verdict) {
    return std::count_if(reports.begin(), reports.end(), [&](const auto& r) { return r.verdict == verdict; });
  };
  if (count('f') > 0) return Outcome::failed;
  return count('i') > 0 || count('p') == 0 ? Outcome::inconclusive : Outcome::passed;
}

void tally(const std::vector<SlowConnectionReport>& reports, Tally& tally) {
  for (const SlowConnectionReport& report : reports) {
    ++tally["connections"];
    ++tally[std::string("verdict ") + report.verdict];
    ++tally[std::string("close ") + report.close];
    tally["retransmitted"] += report.retransmissions > 0;
    tally["missing"] += report.missing > 0;
    tally["altered"] += report.altered > 0;
    tally["lost"] += report.lost > 0;
    tally["unsolicited"] += report.unsolicited > 0;
    tally["late"] += report.times && report.times->late > 0;
    tally["no handshake"] += !report.handshake;
  }
}

TEST(JudgeCapture, GivesTheSameVerdictAsTheSlowOneOnRandomConnections) {
  Tally counts;
  for (std::uint32_t seed = 1; counts["connections"] < 10'000; ++seed) {
    const RandomCapture capture(seed, counts);
    const std::vector<SlowConnectionReport> expected = capture.slow();
    const CaptureVerdict verdict = fast(capture);
    std::vector<SlowConnectionReport> got;
    for (std::uint32_t i = 0; i < verdict.conversations.size(); ++i) got.push_back(report_of(verdict, i));
    ASSERT_EQ(got, expected) << "seed " << seed;
    ASSERT_EQ(verdict.outcome, outcome_of(expected)) << "seed " << seed;
    ASSERT_EQ(verdict.truncated, capture.cut_off());
    tally(expected, counts);
  }
  // The connections are worth something only when everything happens to them, and often.
  const Tally least = {
      {"retransmitted", 3000}, {"reordered", 10'000},  {"wrapped", 3000},        {"SYN repeated", 200},
      {"not captured", 3000},  {"missing", 1000},      {"begins late", 1000},    {"captured out of order", 1000},
      {"ports again", 1000},   {"no handshake", 1000}, {"altered", 1000},        {"lost", 1000},
      {"unsolicited", 200},    {"late", 1000},         {"reset by client", 500}, {"reset by server", 500},
      {"close F", 3000},       {"close R", 500},       {"close -", 1000},        {"verdict p", 1500},
      {"verdict f", 2000},     {"verdict i", 1500},    {"verdict n", 300}};
  for (const auto& [what, count] : least) EXPECT_GE(counts[what], count) << what;
}

}  // namespace
}  // namespace echolab::conversations

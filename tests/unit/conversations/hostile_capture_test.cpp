// Traffic that nobody can keep in memory. It is judged within the bounds, what was not judged is said, and nobody fails
// for what had to be forgotten.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "lab/conversations/capture_judge.h"
#include "lab/conversations/findings.h"
#include "tests/support/wire_builder.h"

namespace echolab::conversations {
namespace {

using testing::Contains;
using testing::HasSubstr;

const Endpoint server{*IpAddress::parse("198.18.0.2"), Port{5000}};

Endpoint client(int number) {
  return {IpAddress::v4(0xc6130000u + static_cast<std::uint32_t>(number / 10'000)),
          Port{static_cast<std::uint16_t>(40'000 + number % 10'000)}};
}

// Datagrams and segments handed straight to the judge.
class Traffic {
 public:
  void udp(const Endpoint& from, const Endpoint& to, std::string_view payload) {
    const capture::Frame frame = next();
    judge_.on_udp({frame, {}, from, to, bytes(payload), static_cast<std::uint32_t>(payload.size())});
  }
  void tcp(const Endpoint& from, const Endpoint& to, std::uint32_t sequence, std::uint32_t acknowledgement,
           capture::TcpFlags flags, std::string_view payload = {}) {
    const capture::Frame frame = next();
    judge_.on_tcp({frame, from, to, sequence, acknowledgement, 65535, flags, bytes(payload),
                   static_cast<std::uint32_t>(payload.size())});
  }
  CaptureVerdict verdict() {
    judge_.finish();
    CaptureJudge::Result result = std::move(judge_).take();
    too_many = result.too_many;
    faults = result.faults.size();
    CaptureVerdict verdict;
    verdict.conversations = std::move(result.conversations);
    tell_findings(verdict, result.faults, {}, options_.timeout);
    return verdict;
  }

  std::uint64_t too_many = 0;
  std::size_t faults = 0;

 private:
  static capture::Bytes bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  }
  capture::Frame next() {
    capture::Frame frame;
    frame.number = ++packets_;
    frame.time_ns = static_cast<std::int64_t>(packets_) * 1000;
    return frame;
  }

  JudgeOptions options_;
  CaptureJudge judge_{options_, 1};
  std::uint64_t packets_ = 0;
};

constexpr capture::TcpFlags syn{.syn = true}, syn_ack{.syn = true, .ack = true}, ack{.ack = true};

TEST(HostileCapture, KeepsSoManyUdpConversationsAndCountsTheOthers) {
  Traffic traffic;
  for (int i = 0; i < 200'000; ++i) traffic.udp(client(i), server, "hello");
  const CaptureVerdict verdict = traffic.verdict();
  EXPECT_EQ(verdict.conversations.size(), CaptureJudge::most_conversations);
  EXPECT_EQ(traffic.too_many, 200'000 - CaptureJudge::most_conversations);
  EXPECT_LE(traffic.faults, FaultList::most);
  EXPECT_EQ(verdict.outcome, Outcome::failed);
}

TEST(HostileCapture, IsInconclusiveWhenAllThatWasJudgedPassed) {
  test::WireBuilder wire;
  for (int i = 0; i <= static_cast<int>(CaptureJudge::most_conversations); ++i) {
    wire.udp(client(i), server, "hello");
    wire.udp(server, client(i), "hello");
  }
  capture::FrameReader reader(
      capture::Bytes(reinterpret_cast<const std::uint8_t*>(wire.file().data()), wire.file().size()));
  const CaptureVerdict verdict = judge_frames(reader, "x.pcap", {});
  EXPECT_EQ(verdict.outcome, Outcome::inconclusive);
  EXPECT_THAT(verdict.notes, Contains(HasSubstr("1 conversation was not judged")));
}

TEST(HostileCapture, CountsEveryRequestThatIsNeverAnswered) {
  Traffic traffic;
  std::string payload(1400, 'x');
  for (int i = 0; i < 300'000; ++i) {
    payload.replace(0, 6, std::to_string(100'000 + i));
    traffic.udp(client(0), server, payload);
  }
  const CaptureVerdict verdict = traffic.verdict();
  EXPECT_EQ(verdict.conversations[0].requests, 300'000u);
  EXPECT_EQ(verdict.conversations[0].lost, 300'000u);
  EXPECT_EQ(traffic.faults, FaultList::most_of_a_kind);
  EXPECT_EQ(verdict.outcome, Outcome::failed);
}

TEST(HostileCapture, DoesNotBlameAServerForRequestsThatTheJudgeForgot) {
  Traffic traffic;
  for (const bool request : {true, false}) {
    for (int i = 0; i < 20'000; ++i) {
      traffic.udp(request ? client(0) : server, request ? server : client(0), "message " + std::to_string(i));
    }
  }
  const CaptureVerdict verdict = traffic.verdict();
  EXPECT_EQ(verdict.outcome, Outcome::inconclusive);
  EXPECT_THAT(verdict.findings[0].message, HasSubstr("more requests waited at once than are kept"));
}

TEST(HostileCapture, MeasuresVeryManyRoundTrips) {
  Traffic traffic;
  for (int i = 0; i < 100'000; ++i) {
    for (int k = 0; k < 3; ++k) {
      traffic.udp(client(k), server, "hello");
      traffic.udp(server, client(k), "hello");
    }
  }
  const CaptureVerdict verdict = traffic.verdict();
  EXPECT_EQ(verdict.outcome, Outcome::passed);
  for (const Conversation& facts : verdict.conversations) {
    EXPECT_EQ(facts.echoed, 100'000u);
    ASSERT_TRUE(facts.rtt);
    EXPECT_EQ(facts.rtt->min_ns, 1000u);
    EXPECT_NEAR(static_cast<double>(facts.rtt->p99_ns), 1000, 1000.0 / 64);
  }
}

TEST(HostileCapture, JudgesNothingInAFloodOfSyns) {
  Traffic traffic;
  for (int i = 0; i < 40'000; ++i) traffic.tcp(client(i), server, 1, 0, syn);
  const CaptureVerdict verdict = traffic.verdict();
  EXPECT_EQ(verdict.conversations.size(), 40'000u);
  EXPECT_TRUE(std::none_of(verdict.conversations.begin(), verdict.conversations.end(),
                           [](const Conversation& facts) { return facts.judged; }));
  EXPECT_EQ(verdict.outcome, Outcome::inconclusive);
}

TEST(HostileCapture, DoesNotBlameAServerForConnectionsThatTheJudgeCouldNotFollow) {
  Traffic traffic;
  for (int i = 0; i < 40'000; ++i) {
    traffic.tcp(client(i), server, 0, 0, syn);
    traffic.tcp(server, client(i), 0, 1, syn_ack);
    traffic.tcp(client(i), server, 1, 1, ack, "hello");
  }
  for (int i = 0; i < 40'000; ++i) traffic.tcp(server, client(i), 1, 6, ack, "hello");
  const CaptureVerdict verdict = traffic.verdict();
  EXPECT_EQ(verdict.outcome, Outcome::inconclusive);
  EXPECT_THAT(verdict.findings[0].message, HasSubstr("too many connections were open at once"));
}

TEST(HostileCapture, ComparesOnlyTheLengthsOfStreamsThatAreFarApart) {
  constexpr std::uint32_t segment = 1 << 16, segments = 320;  // 20 MiB
  const std::string payload(segment, 'x');
  for (const std::uint32_t echoed : {segments, segments - 1}) {
    Traffic traffic;
    traffic.tcp(client(0), server, 0, 0, syn);
    traffic.tcp(server, client(0), 0, 1, syn_ack);
    for (std::uint32_t i = 0; i < segments; ++i) traffic.tcp(client(0), server, 1 + i * segment, 1, ack, payload);
    for (std::uint32_t i = 0; i < echoed; ++i) {
      traffic.tcp(server, client(0), 1 + i * segment, 1 + segments * segment, ack, payload);
    }
    const CaptureVerdict verdict = traffic.verdict();
    EXPECT_EQ(verdict.conversations[0].tcp->bytes_echoed, std::uint64_t{echoed} * segment);
    EXPECT_EQ(verdict.outcome, echoed == segments ? Outcome::inconclusive : Outcome::failed);
    EXPECT_THAT(verdict.findings[0].message, HasSubstr("one side was too far ahead"));
  }
}

}  // namespace
}  // namespace echolab::conversations

// Kinds of checks on UDP exchanges: what passes, what fails, and what an incomplete capture leaves open.

#include <gmock/gmock.h>

#include "tests/unit/verify/check_lab.h"

namespace echolab::verify {
namespace {

using namespace std::chrono_literals;
using scenario::CheckKind;
using ::testing::HasSubstr;

// --- loss

struct LossLab : CheckLab {
  explicit LossLab(scenario::Amount limit, int answered, int sent = 4)
      : CheckLab(CheckKind::loss, scenario::LossTerms{limit}) {
    add({"1", "2", "3", "4"});
    for (std::uint32_t m = 1; m <= static_cast<std::uint32_t>(sent); ++m) {
      request(0, m);
      if (m <= static_cast<std::uint32_t>(answered)) echo(0, m);
    }
  }
};

TEST(LossCheck, CountsMessagesWithoutAnyEcho) {
  EXPECT_EQ(LossLab({0, false}, 4).outcome(), Outcome::passed);
  EXPECT_EQ(LossLab({1, false}, 3).outcome(), Outcome::passed);
  LossLab lab({0, false}, 3);
  const Finding finding = lab.judge();
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_EQ(finding.message, "1 of 4 messages lost, allowed: 0; the first is message 4 (packet 7)");
  EXPECT_TRUE(cites_packet(finding, 7));
}

TEST(LossCheck, TakesAPartOfAHundredOfWhatWasSent) {
  EXPECT_EQ(LossLab({25, true}, 3).outcome(), Outcome::passed);
  const Finding finding = LossLab({24.9, true}, 3).judge();
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_THAT(finding.message, HasSubstr("1 of 4 messages lost (25%), allowed: 24.9%"));
}

TEST(LossCheck, ALateEchoIsNotLost) {
  CheckLab lab(CheckKind::loss, scenario::LossTerms{});
  lab.add({"late"});
  lab.request(0, 1);
  lab.wire.advance_us(3'000'000);
  lab.echo(0, 1);
  EXPECT_EQ(lab.outcome(), Outcome::passed);
}

TEST(LossCheck, AnIncompleteCaptureFailsNobodyAndHidesNothing) {
  LossLab lost({0, false}, 3);
  lost.incomplete();
  EXPECT_EQ(lost.outcome(), Outcome::inconclusive);
  LossLab unseen({1, false}, 2, 2);  // two messages were not seen: they may all be lost
  unseen.incomplete();
  EXPECT_EQ(unseen.outcome(), Outcome::inconclusive);
  LossLab proven({1, false}, 3, 3);  // at worst the fourth is lost
  proven.incomplete();
  EXPECT_EQ(proven.outcome(), Outcome::passed);
}

TEST(LossCheck, WhoSentNothingDoesNotPass) {
  CheckLab lab(CheckKind::loss, scenario::LossTerms{});
  lab.add({"1"});
  const Finding finding = lab.judge();
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_EQ(finding.message, "client-1 sent nothing");
}

// --- round_trip

struct RoundTripLab : CheckLab {
  RoundTripLab(double percentile, Nanoseconds at_most, std::vector<int> milliseconds)
      : CheckLab(CheckKind::round_trip, scenario::RoundTripTerms{percentile, at_most}) {
    std::vector<std::string> messages;
    for (std::size_t i = 0; i < milliseconds.size(); ++i) messages.push_back(std::to_string(i));
    add(messages);
    for (std::uint32_t m = 1; m <= milliseconds.size(); ++m) {
      request(0, m);
      wire.advance_us(milliseconds[m - 1] * 1000 - 200);
      if (milliseconds[m - 1] > 0) echo(0, m);
    }
  }
};

TEST(RoundTripCheck, CitesRequestAndEchoOfTheSlowest) {
  RoundTripLab lab(99, 10ms, {1, 20, 5});
  const Finding finding = lab.judge();
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_EQ(finding.message,
            "percentile 99 of 3 round trips is 20.0 ms, allowed: 10ms; the slowest took 20.0 ms (packets 3 and 4)");
  EXPECT_TRUE(cites_packet(finding, 3));
  EXPECT_TRUE(cites_packet(finding, 4));
}

TEST(RoundTripCheck, IsNearestRank) {
  EXPECT_EQ(RoundTripLab(50, 5ms, {1, 20, 5}).outcome(), Outcome::passed);
  EXPECT_EQ(RoundTripLab(66.7, 5ms, {1, 20, 5}).outcome(), Outcome::failed);
  const Finding passed = RoundTripLab(100, 20ms, {1, 20, 5}).judge();
  EXPECT_EQ(passed.outcome, Outcome::passed);
  EXPECT_TRUE(cites_packet(passed, 3) && cites_packet(passed, 4));
}

TEST(RoundTripCheck, ALateEchoIsSlowerThanAnyInTime) {
  RoundTripLab lab(99, 2s, {1, 3000});
  const Finding finding = lab.judge();
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_THAT(finding.message, HasSubstr("is a late echo: message 2 took 3.00 s (packet 4)"));
  EXPECT_EQ(RoundTripLab(50, 2s, {1, 3000}).outcome(), Outcome::passed);
}

TEST(RoundTripCheck, IncompleteCaptures) {
  RoundTripLab slow(99, 10ms, {1, 20, 5});
  slow.incomplete();
  EXPECT_EQ(slow.outcome(), Outcome::inconclusive);
  RoundTripLab fast(99, 30ms, {1, 20, 5});
  fast.incomplete();
  EXPECT_EQ(fast.outcome(), Outcome::passed);  // every round trip was seen
  RoundTripLab unseen(99, 30ms, {1, 20, 0});
  unseen.incomplete();
  EXPECT_EQ(unseen.outcome(), Outcome::inconclusive);
}

TEST(RoundTripCheck, WithoutAnyEchoThereIsNothingToMeasure) {
  CheckLab lab(CheckKind::round_trip, scenario::RoundTripTerms{99, 1s});
  lab.add({"1"});
  lab.request(0, 1);
  EXPECT_EQ(lab.outcome(), Outcome::failed);
}

// --- duplicates, reordering, unsolicited

TEST(DuplicatesCheck, CountsSecondEchoes) {
  const auto with = [](std::uint64_t at_most, bool complete) {
    CheckLab lab(CheckKind::duplicates, scenario::SurplusTerms{at_most});
    lab.add({"a", "b"});
    lab.exchange_all(0);
    lab.echo(0, 1);
    if (!complete) lab.incomplete();
    return lab.judge();
  };
  EXPECT_EQ(with(1, true).outcome, Outcome::passed);
  const Finding finding = with(0, true);
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_EQ(finding.message, "1 second echo, allowed: 0; the first, of message 1, is packet 5");
  EXPECT_TRUE(cites_packet(finding, 5));
  EXPECT_EQ(with(0, false).outcome, Outcome::inconclusive);  // a lost request may have asked for it
  EXPECT_EQ(with(1, false).outcome, Outcome::inconclusive);  // there may be more
}

TEST(ReorderingCheck, CountsEchoesAfterTheEchoOfALaterRequest) {
  const auto with = [](std::vector<std::uint32_t> order, bool complete = true) {
    CheckLab lab(CheckKind::reordering, scenario::SurplusTerms{});
    lab.add({"a", "b", "c"});
    for (std::uint32_t m = 1; m <= 3; ++m) lab.request(0, m);
    for (const std::uint32_t m : order) lab.echo(0, m);
    if (!complete) lab.incomplete();
    return lab.judge();
  };
  EXPECT_EQ(with({1, 2, 3}).outcome, Outcome::passed);
  EXPECT_EQ(with({1, 3}).outcome, Outcome::passed);  // lost, not reordered
  const Finding finding = with({2, 1, 3});
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_EQ(finding.message, "1 echo out of order, allowed: 0; the first, of message 1, is packet 5");
  EXPECT_THAT(with({3, 1, 2}).message, HasSubstr("2 echoes out of order"));
  EXPECT_THAT(with({3, 2, 1}).message, HasSubstr("2 echoes out of order"));
  EXPECT_EQ(with({2, 1, 3}, false).outcome, Outcome::inconclusive);
}

TEST(ReorderingCheck, ARetryIsNoReordering) {
  CheckLab lab(CheckKind::reordering, scenario::SurplusTerms{});
  lab.add({"a"});
  lab.exchange(0).retries = 1;
  lab.request(0, 1);
  lab.wire.advance_us(2'100'000);
  lab.request(0, 1);
  lab.echo(0, 1);
  lab.echo(0, 1);
  EXPECT_EQ(lab.outcome(), Outcome::passed);
}

TEST(UnsolicitedCheck, CountsRepliesThatAnswerNothing) {
  const auto with = [](std::uint64_t at_most, bool complete) {
    CheckLab lab(CheckKind::unsolicited, scenario::SurplusTerms{at_most});
    lab.add({"hello"});
    lab.exchange_all(0);
    lab.reply(0, "buy something now");
    if (!complete) lab.incomplete();
    return lab.judge();
  };
  EXPECT_EQ(with(1, true).outcome, Outcome::passed);
  const Finding finding = with(0, true);
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_TRUE(cites_packet(finding, 3));
  EXPECT_EQ(with(0, false).outcome, Outcome::inconclusive);
}

TEST(UnsolicitedCheck, AnotherPortIsProvenEvenInAnIncompleteCapture) {
  CheckLab lab(CheckKind::unsolicited, scenario::SurplusTerms{});
  lab.add({"hello"});
  lab.request(0, 1);
  lab.wire.udp({lab.server().address, Port{5001}}, lab.client(0), "hello");
  lab.incomplete();
  EXPECT_EQ(lab.outcome(), Outcome::failed);
}

// --- udp_header

Finding header_with(const test::UdpFields& fields, scenario::HeaderTerms terms, bool complete = true) {
  CheckLab lab(CheckKind::udp_header, terms);
  lab.add({"hello", "world"});
  lab.exchange_all(0);
  lab.wire.udp(lab.client(0), lab.server(), "hello", fields);
  if (!complete) lab.incomplete();
  return lab.judge();
}

TEST(UdpHeaderCheck, Checksums) {
  using enum scenario::ChecksumRule;
  EXPECT_EQ(header_with({}, {required, std::nullopt}).outcome, Outcome::passed);
  const Finding bad = header_with({.checksum = 0x1234}, {valid, std::nullopt});
  EXPECT_EQ(bad.outcome, Outcome::failed);
  EXPECT_EQ(bad.message, "packet 5 has a wrong UDP checksum");
  EXPECT_TRUE(cites_packet(bad, 5));
  EXPECT_EQ(header_with({.checksum = 0x1234}, {valid, std::nullopt}, false).outcome, Outcome::failed);
  EXPECT_EQ(header_with({.checksum = 0x1234}, {any, 13}).outcome, Outcome::passed);
  EXPECT_EQ(header_with({.checksum = 0}, {valid, std::nullopt}).outcome, Outcome::passed);
  EXPECT_EQ(header_with({.checksum = 0}, {required, std::nullopt}).message, "packet 5 has no UDP checksum");
  EXPECT_EQ(header_with({}, {valid, std::nullopt}, false).outcome, Outcome::inconclusive);
}

TEST(UdpHeaderCheck, UnfilledChecksumsAreToleratedAndCounted) {
  // The sum over the pseudo header alone (RFC 768): addresses, protocol 17, length 13.
  std::uint32_t sum = 0xc612 + 0x0003 + 0xc612 + 0x0002 + 17 + 13;
  sum = (sum & 0xffff) + (sum >> 16);
  const Finding finding =
      header_with({.checksum = static_cast<std::uint16_t>(sum)}, {scenario::ChecksumRule::required, std::nullopt});
  EXPECT_EQ(finding.outcome, Outcome::passed);
  EXPECT_THAT(finding.message, HasSubstr("1 checksum was left to offloading"));
}

TEST(UdpHeaderCheck, Lengths) {
  EXPECT_EQ(header_with({}, {scenario::ChecksumRule::valid, 13}).outcome, Outcome::passed);
  const Finding other = header_with({}, {scenario::ChecksumRule::valid, 12});
  EXPECT_EQ(other.outcome, Outcome::failed);
  EXPECT_EQ(other.message, "packet 1 has UDP length 13, expected: 12; 3 datagrams in all");
  const Finding lie = header_with({.length = 100}, {});
  EXPECT_EQ(lie.outcome, Outcome::failed);
  EXPECT_EQ(lie.message, "packet 5 has a UDP length that contradicts the IP packet");
}

// --- payload_contains

struct PayloadLab : CheckLab {
  PayloadLab(scenario::PayloadTerms terms, std::vector<std::string> messages)
      : CheckLab(CheckKind::payload_contains, std::move(terms)) {
    add(std::move(messages));
    run.plan.nodes[1].variables = {{"student_id", "20261234"}, {"name", "홍길동"}};
  }
};

TEST(PayloadCheck, FindsTheTextOfThisClient) {
  PayloadLab lab({"{student_id} {name}"}, {"hello", "I am 20261234 홍길동."});
  lab.exchange_all(0);
  const Finding finding = lab.judge();
  EXPECT_EQ(finding.outcome, Outcome::passed);
  EXPECT_EQ(finding.message, "'20261234 홍길동' is in the requests, first in packet 3");
  EXPECT_TRUE(cites_packet(finding, 3));
}

TEST(PayloadCheck, SaysWhenNoMessageHoldsIt) {
  PayloadLab lab({"{student_id}"}, {"hello", "20265678"});
  lab.exchange_all(0);
  const Finding finding = lab.judge();
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_EQ(finding.message, "'20261234' is in none of the requests");
  EXPECT_TRUE(cites_packet(finding, 1));
  lab.incomplete();
  EXPECT_EQ(lab.outcome(), Outcome::inconclusive);
}

TEST(PayloadCheck, EveryMessageMustHoldIt) {
  using enum scenario::PayloadStreams;
  PayloadLab lab({"20261234", scenario::Encoding::any, requests, true}, {"20261234 a", "b", "20261234 c"});
  lab.exchange_all(0);
  const Finding finding = lab.judge();
  EXPECT_EQ(finding.outcome, Outcome::failed);
  EXPECT_EQ(finding.message, "'20261234' is not in 1 of the 3 requests: the first without it is packet 3");
  PayloadLab fewer({"20261234", scenario::Encoding::any, requests, true}, {"20261234 a", "20261234 b"});
  fewer.request(0, 1);
  EXPECT_EQ(fewer.judge().message, "1 of 2 planned requests were on the wire");
  EXPECT_EQ(fewer.outcome(), Outcome::failed);
  PayloadLab good({"20261234", scenario::Encoding::any, both, true}, {"20261234 a", "20261234 b"});
  good.exchange_all(0);
  EXPECT_EQ(good.outcome(), Outcome::passed);
  good.incomplete();
  EXPECT_EQ(good.outcome(), Outcome::inconclusive);
}

TEST(PayloadCheck, EchoesAreLookedAtByThemselves) {
  using enum scenario::PayloadStreams;
  const auto with = [](scenario::PayloadStreams in) {
    PayloadLab lab({"hello", scenario::Encoding::any, in, false}, {"hello"});
    lab.request(0, 1);
    lab.reply(0, "hullo");
    return lab.judge();
  };
  EXPECT_EQ(with(requests).outcome, Outcome::passed);
  EXPECT_EQ(with(echoes).message, "'hello' is in none of the echoes");
  EXPECT_EQ(with(both).outcome, Outcome::failed);
}

TEST(PayloadCheck, EncodingsOfAKoreanName) {
  using enum scenario::Encoding;
  const std::string cp949_name = "\xc8\xab\xb1\xe6\xb5\xbf";
  const auto with = [&](scenario::Encoding encoding, const std::string& sent) {
    PayloadLab lab({"{name}", encoding}, {"x"});
    lab.wire.udp(lab.client(0), lab.server(), sent);
    return lab.judge();
  };
  EXPECT_EQ(with(any, "홍길동").outcome, Outcome::passed);
  EXPECT_THAT(with(any, cp949_name).message, HasSubstr("first in packet 1 (CP949)"));
  EXPECT_EQ(with(utf8, cp949_name).outcome, Outcome::failed);
  EXPECT_EQ(with(cp949, cp949_name).outcome, Outcome::passed);
  EXPECT_EQ(with(cp949, "홍길동").outcome, Outcome::failed);
}

TEST(PayloadCheck, ADatagramThatTheSnaplenCutProvesNothing) {
  PayloadLab lab({"at the end"}, {std::string(200, '.') + "at the end"});
  lab.wire.set_snaplen(100);
  lab.exchange_all(0);
  EXPECT_EQ(lab.outcome(), Outcome::inconclusive);
}

// --- served_at_once

TEST(ServedAtOnceCheck, AskForOneInstantInAllPeriods) {
  const auto with = [](bool interleaved, bool complete) {
    CheckLab lab(CheckKind::served_at_once);
    lab.add({"a1", "a2"});
    lab.add({"b1", "b2"});
    if (interleaved) {
      for (const std::uint32_t m : {1u, 2u}) {
        for (const std::size_t client : {0u, 1u}) {
          lab.request(client, m);
          lab.echo(client, m);
        }
      }
    } else {
      lab.exchange_all(0);
      lab.exchange_all(1);
    }
    if (!complete) lab.incomplete();
    return lab.judge("server");
  };
  const Finding good = with(true, true);
  EXPECT_EQ(good.outcome, Outcome::passed);
  EXPECT_TRUE(cites_packet(good, 4) && cites_packet(good, 6));
  EXPECT_EQ(with(true, false).outcome, Outcome::passed);  // what was not seen only lengthens the periods
  const Finding bad = with(false, true);
  EXPECT_EQ(bad.outcome, Outcome::failed);
  EXPECT_EQ(bad.message, "client-1 had its last echo (packet 4) before client-2 had its first (packet 6)");
  EXPECT_EQ(with(false, false).outcome, Outcome::inconclusive);
}

TEST(ServedAtOnceCheck, AClientWithoutEchoWasNotServed) {
  CheckLab lab(CheckKind::served_at_once);
  lab.add({"a1", "a2"});
  lab.add({"b1", "b2"});
  lab.exchange_all(0);
  lab.request(1, 1);
  EXPECT_EQ(lab.judge("server").message, "client-2 has no echo");
  EXPECT_EQ(lab.outcome("server"), Outcome::failed);
}

}  // namespace
}  // namespace echolab::verify

// Checks as written become checks as meant, kind by kind.
#include <gtest/gtest.h>

#include "lab/base/diagnostic.h"
#include "lab/scenario/check_kinds.h"
#include "lab/scenario/line_pattern.h"
#include "lab/scenario/load.h"

namespace echolab::scenario {
namespace {

using namespace std::chrono_literals;

constexpr const char* lab = R"(echolab: 1
name: lab
servers: [{name: server, protocol: both}]
clients:
  - name: udp
    protocol: udp
    messages: {count: 3}
    identities: [{student_id: "20261234", name: 홍길동}, {student_id: "20265678", name: 김영희}]
  - {name: tcp, protocol: tcp, containers: 2, messages: {count: 3}, identities: [{student_id: "1", name: 이철수}]}
checks:
)";

Scenario with_checks(const std::string& checks) {
  try {
    return load_text("test.yaml", lab + checks);
  } catch (const InvalidInput& error) {
    ADD_FAILURE() << render(error.file(), error.source(), error.diagnostics());
    throw;
  }
}

Check only(const std::string& check) {
  return with_checks("  - " + check + "\n").checks.at(0);
}

TEST(CheckKinds, AreInTheOrderOfTheEnumeratorsAndFoundByName) {
  ASSERT_EQ(check_kinds().size(), static_cast<std::size_t>(CheckKind::log_line) + 1);
  for (std::size_t i = 0; i < check_kinds().size(); ++i) {
    const CheckKindFacts& facts = check_kinds()[i];
    EXPECT_EQ(facts.kind, static_cast<CheckKind>(i)) << facts.name;
    EXPECT_EQ(find_check_kind(facts.name), &facts);
    EXPECT_EQ(&facts_of(facts.kind), &facts);
    EXPECT_FALSE(facts.meaning.empty());
  }
  EXPECT_EQ(find_check_kind("echo"), nullptr);
}

TEST(CheckKinds, TheExamplesOfTheTableAreChecks) {
  for (const CheckKindFacts& facts : check_kinds()) {
    EXPECT_EQ(only(std::string(facts.example)).kind, facts.kind) << facts.example;
  }
}

TEST(Checks, CommonKeys) {
  const Scenario s = with_checks(R"(  - {kind: counts}
  - kind: loss
    id: no_loss
    points: 2.5
    level: warning
    applies_to: [udp, tcp]
    negate: true
    requires: counts
    passed: "{name} ok"
    failed: "{student_id} lost {{some}}"
    hint: look
)");
  const Check& plain = s.checks[0];
  EXPECT_EQ(plain.level, Level::error);
  EXPECT_FALSE(plain.negated);
  EXPECT_TRUE(plain.applies_to_group("udp"));
  const Check& check = s.checks[1];
  EXPECT_EQ(check.id, "no_loss");
  EXPECT_EQ(check.points, 2.5);
  EXPECT_EQ(check.level, Level::warning);
  EXPECT_EQ(check.applies_to, (std::vector<std::string>{"udp", "tcp"}));
  EXPECT_FALSE(check.applies_to_group("other"));
  EXPECT_TRUE(check.negated);
  EXPECT_EQ(check.prerequisites, (std::vector<std::string>{"counts"}));
  EXPECT_EQ(check.passed, "{name} ok");
  EXPECT_EQ(check.failed, "{student_id} lost {{some}}");
  EXPECT_EQ(check.hint, "look");
}

TEST(Checks, EachKindHasItsOwnTerms) {
  EXPECT_EQ(only("{kind: loss}").terms, CheckTerms(LossTerms{}));
  EXPECT_EQ(only("{kind: loss, at_most: 3}").terms, CheckTerms(LossTerms{{3, false}}));
  EXPECT_EQ(only("{kind: loss, at_most: 1.5%}").terms, CheckTerms(LossTerms{{1.5, true}}));
  EXPECT_EQ(only("{kind: loss, at_most: \"100%\"}").terms, CheckTerms(LossTerms{{100, true}}));
  EXPECT_EQ(only("{kind: round_trip, at_most: 5ms}").terms, CheckTerms(RoundTripTerms{99, 5ms}));
  EXPECT_EQ(only("{kind: round_trip, percentile: 99.9, at_most: 2s}").terms, CheckTerms(RoundTripTerms{99.9, 2s}));
  EXPECT_EQ(only("{kind: unsolicited, at_most: 7}").terms, CheckTerms(SurplusTerms{7}));
  EXPECT_EQ(only("{kind: bound_port}").terms, CheckTerms(PortTerms{}));
  EXPECT_EQ(only("{kind: bound_port, port: 7}").terms, CheckTerms(PortTerms{Port{7}}));
  EXPECT_EQ(only("{kind: payload_contains, text: 학번}").terms,
            CheckTerms(PayloadTerms{"학번", Encoding::any, PayloadStreams::requests, false}));
  EXPECT_EQ(only("{kind: payload_contains, text: x, encoding: cp949, in: both, messages: all}").terms,
            CheckTerms(PayloadTerms{"x", Encoding::cp949, PayloadStreams::both, true}));
  EXPECT_EQ(only("{kind: udp_header}").terms, CheckTerms(HeaderTerms{}));
  EXPECT_EQ(only("{kind: udp_header, checksum: any, length: 13}").terms,
            CheckTerms(HeaderTerms{ChecksumRule::any, 13}));
  EXPECT_EQ(only("{kind: retransmissions, at_most: 0, of: server}").terms,
            CheckTerms(SegmentTerms{std::nullopt, 0, Sides::server}));
  EXPECT_EQ(only("{kind: zero_windows, at_least: 2, at_most: 2}").terms, CheckTerms(SegmentTerms{2, 2, Sides::both}));
  EXPECT_EQ(only("{kind: log_line, matches: x}").terms,
            CheckTerms(LogLineTerms{"x", false, LogStream::any, 1, std::nullopt}));
  EXPECT_EQ(only("{kind: log_line, matches: x, of: server, stream: stderr, at_most: 0}").terms,
            CheckTerms(LogLineTerms{"x", true, LogStream::standard_error, 0, 0}));
  EXPECT_EQ(only("{kind: tcp_close}").terms, CheckTerms(NoTerms{}));
}

TEST(LinePatterns, KnownVariablesAreQuotedAndOtherBracesStay) {
  const auto value_of = [](std::string_view name) {
    return name == "name" ? std::optional<std::string>("a.b(홍)") : std::nullopt;
  };
  EXPECT_EQ(fill_line_pattern(R"(^{name} [0-9]{3,}\p{Hangul}{x}$)", value_of),
            R"(^a\.b\(홍\) [0-9]{3,}\p{Hangul}{x}$)");
  EXPECT_EQ(fill_line_pattern("{{name}} {name", value_of), R"({a\.b\(홍\)} {name)");
}

TEST(LinePatterns, WhatIsTooLargeIsAMistakeToo) {
  EXPECT_FALSE(find_pattern_mistake("(a+)+$"));
  EXPECT_TRUE(find_pattern_mistake("((a{100}){100}){100}"));
  EXPECT_EQ(find_pattern_mistake("a)b")->reason.substr(0, 9), "unexpecte");
}

}  // namespace
}  // namespace echolab::scenario

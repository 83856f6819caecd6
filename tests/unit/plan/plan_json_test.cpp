#include <gtest/gtest.h>

#include <filesystem>

#include "lab/base/error.h"
#include "lab/plan/make_plan.h"
#include "lab/scenario/check_kinds.h"
#include "lab/scenario/load.h"

namespace echolab::plan {
namespace {

std::string cause_of(const std::string& text) {
  try {
    from_json(text);
  } catch (const EnvironmentError& error) {
    return error.cause();
  }
  return "accepted";
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), with);
}

TEST(PlanJson, ReadsWhatItWrote) {
  for (const auto& entry : std::filesystem::directory_iterator("scenarios")) {
    if (entry.path().extension() != ".yaml") continue;
    const Plan plan = make_plan(scenario::load_file(entry.path()), {"run", {}});
    EXPECT_EQ(from_json(to_json(plan)), plan) << entry.path();
  }
}

TEST(PlanJson, KeepsWhatNoExampleHas) {
  Plan plan = make_plan(scenario::load_file("scenarios/dual-stack.yaml"), {"run", {}});
  plan.nodes[0].program = scenario::Build{"server", "Dockerfile.test"};
  plan.nodes[0].environment = {{"B", "1"}, {"A", "둘\n\"\\"}};
  plan.nodes[0].replaces_entrypoint = true;
  plan.nodes[0].writes_events = false;
  plan.nodes[0].readiness = Readiness::started;
  plan.nodes[0].limits.cpus = 0.1;
  plan.exchanges[0].payload = BytePayload{{1, 2}, scenario::Fill::zero, ~std::uint64_t{0}};
  plan.exchanges[0].client_port = Port{65535};
  plan.checks[0].points = 1.0 / 3;
  plan.nodes[0].variables = {{"student_id", "1"}, {"name", "홍길동"}};
  plan.seed = ~std::uint64_t{0};
  EXPECT_EQ(from_json(to_json(plan)), plan);
}

TEST(PlanJson, KeepsEveryKindOfCheck) {
  using namespace scenario;
  Plan plan = make_plan(load_file("scenarios/udp-echo.yaml"), {"run", {}});
  plan.checks.clear();
  const auto add = [&](CheckKind kind, CheckTerms terms) {
    Check check;
    check.id = facts_of(kind).name;
    check.kind = kind;
    check.line = plan.checks.size();
    check.terms = std::move(terms);
    plan.checks.push_back(std::move(check));
  };
  for (const CheckKindFacts& facts : check_kinds()) {
    switch (facts.kind) {
      case CheckKind::loss:
        add(facts.kind, LossTerms{{1.5, true}});
        break;
      case CheckKind::round_trip:
        add(facts.kind, RoundTripTerms{99.9, Nanoseconds(1)});
        break;
      case CheckKind::duplicates:
      case CheckKind::reordering:
      case CheckKind::unsolicited:
        add(facts.kind, SurplusTerms{3});
        break;
      case CheckKind::bound_port:
        add(facts.kind, PortTerms{Port{7}});
        break;
      case CheckKind::payload_contains:
        add(facts.kind, PayloadTerms{"{name}", Encoding::cp949, PayloadStreams::both, true});
        break;
      case CheckKind::udp_header:
        add(facts.kind, HeaderTerms{ChecksumRule::required, 65535});
        break;
      case CheckKind::retransmissions:
        add(facts.kind, SegmentTerms{1, std::nullopt, Sides::client});
        break;
      case CheckKind::zero_windows:
        add(facts.kind, SegmentTerms{std::nullopt, 2, Sides::server});
        break;
      case CheckKind::log_line:
        add(facts.kind, LogLineTerms{"a{3}", true, LogStream::events, 0, 2});
        break;
      default:
        add(facts.kind, NoTerms{});
        break;
    }
  }
  plan.checks[1].level = Level::warning;
  plan.checks[2].negated = true;
  plan.checks[3].applies_to = {"client"};
  plan.checks[4].prerequisites = {"counts", "own_port"};
  plan.checks[5].passed = "{name} ok";
  plan.checks[6].failed = "no";
  plan.checks[7].hint = "see";
  EXPECT_EQ(from_json(to_json(plan)), plan);
  // Optional terms that are not given stay so.
  plan.checks.clear();
  add(CheckKind::bound_port, PortTerms{});
  add(CheckKind::udp_header, HeaderTerms{});
  add(CheckKind::log_line, LogLineTerms{"x", false, LogStream::any, 1, std::nullopt});
  EXPECT_EQ(from_json(to_json(plan)), plan);
}

TEST(PlanJson, IsStableAndEndsWithANewline) {
  const std::string text = to_json(make_plan(scenario::load_file("scenarios/udp-echo.yaml"), {"run", {}}));
  EXPECT_TRUE(text.starts_with("{\n  \"v\": 1,\n  \"run_id\": \"run\""));
  EXPECT_TRUE(text.ends_with("}\n"));
}

TEST(PlanJson, SaysWhatIsWrong) {
  const std::string good = to_json(make_plan(scenario::load_file("scenarios/udp-echo.yaml"), {"run", {}}));
  EXPECT_NE(cause_of("").find("parse error"), std::string::npos);
  EXPECT_NE(cause_of(replaced(good, "\"v\": 1", "\"v\": 2")).find("version 2"), std::string::npos);
  EXPECT_NE(cause_of(replaced(good, "\"role\": \"client\"", "\"role\": \"judge\"")), "accepted");
  EXPECT_NE(
      cause_of(replaced(good, "\"role\": \"client\"", "\"role\": \"judge\"")).find("nodes[1]: unknown word 'judge'"),
      std::string::npos);
  EXPECT_NE(cause_of(replaced(good, "\"mac\": \"02:", "\"mac\": \"zz:")).find("nodes[0]"), std::string::npos);
  EXPECT_NE(cause_of(replaced(good, "\"client_node\": 2", "\"client_node\": 99")).find("node 99 does not exist"),
            std::string::npos);
  EXPECT_NE(
      cause_of(replaced(good, "\"kind\": \"counts\"", "\"kind\": \"dreams\"")).find("checks[3]: unknown word 'dreams'"),
      std::string::npos);
  EXPECT_NE(cause_of(replaced(good, "\"kind\": \"counts\"", "\"requires\": [\"x\"], \"kind\": \"counts\""))
                .find("check 'x' does not exist"),
            std::string::npos);
  EXPECT_NE(cause_of(replaced(good, "\"kind\": \"counts\"", "\"kind\": \"loss\"")).find("checks[3]"),
            std::string::npos);
  EXPECT_NE(cause_of(replaced(good, "\"messages\": 3", "\"messages\": \"3\"")).find("exchanges[0]"), std::string::npos);
}

}  // namespace
}  // namespace echolab::plan

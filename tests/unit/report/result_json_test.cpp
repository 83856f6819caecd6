#include "lab/report/result_json.h"
#include "lab/base/json.h"

#include <gtest/gtest.h>

namespace echolab::report {
namespace {

TEST(ResultJson, CountsOutcomesPerCheckAndKeepsWhatDidNotPass) {
  artifacts::RunFolder run;
  run.plan.scenario_name = "x";
  run.plan.checks = {{"a", scenario::CheckKind::echoes_match, 2, 7}, {"b", scenario::CheckKind::own_port, 1, 8}};
  run.engine.captures = {{.network = "lab", .complete = true}, {.network = "other", .complete = false}};
  verify::Verdict verdict;
  verdict.outcome = verify::Outcome::failed;
  const auto finding = [](const char* check, verify::Outcome outcome) {
    verify::Finding f;
    f.check = check;
    f.subject = "client-1";
    f.outcome = outcome;
    f.message = "m\xff";  // bytes of students need not be UTF-8
    f.evidence = {{verify::Evidence::Kind::packet, "captures/lab.pcapng", 9}};
    return f;
  };
  verdict.findings = {finding("a", verify::Outcome::passed), finding("a", verify::Outcome::failed),
                      finding("b", verify::Outcome::inconclusive)};
  const auto json = nlohmann::json::parse(result_json(run, verdict));
  EXPECT_EQ(json["verdict"], "failed");
  EXPECT_EQ(json["capture_complete"], false);
  EXPECT_EQ(json["checks"][0]["findings"]["passed"], 1);
  EXPECT_EQ(json["checks"][0]["findings"]["failed"], 1);
  EXPECT_EQ(json["checks"][0]["points"], 2);
  EXPECT_EQ(json["checks"][1]["findings"]["inconclusive"], 1);
  EXPECT_FALSE(json["checks"][0].contains("level"));
  EXPECT_FALSE(json["findings"][0].contains("level"));
  ASSERT_EQ(json["findings"].size(), 2u);
  EXPECT_EQ(json["findings"][0]["evidence"][0]["packet"], 9);
}

TEST(ResultJson, NamesWarnings) {
  artifacts::RunFolder run;
  run.plan.checks = {{"a", scenario::CheckKind::echoes_match, 2, 7, scenario::Level::warning}};
  verify::Verdict verdict;
  verify::Finding finding;
  finding.check = "a";
  finding.outcome = verify::Outcome::failed;
  finding.level = scenario::Level::warning;
  verdict.findings = {finding};
  const auto json = nlohmann::json::parse(result_json(run, verdict));
  EXPECT_EQ(json["checks"][0]["level"], "warning");
  EXPECT_EQ(json["findings"][0]["level"], "warning");
}

TEST(ResultJson, WithoutACaptureItIsNotComplete) {
  EXPECT_EQ(nlohmann::json::parse(result_json({}, {}))["capture_complete"], false);
}

}  // namespace
}  // namespace echolab::report

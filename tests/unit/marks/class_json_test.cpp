#include <gmock/gmock.h>

#include "lab/base/error.h"
#include "lab/base/json.h"
#include "lab/marks/class_result.h"

namespace echolab::marks {
namespace {

using testing::HasSubstr;
using verify::Evidence;
using verify::Outcome;

StudentResult full_result() {
  CheckMark mark;
  mark.scenario = "udp-echo";
  mark.check = "echoes_match";
  mark.line = 12;
  mark.points = 0.5;
  mark.most = 2;
  mark.outcome = Outcome::failed;
  mark.subject = "client-1";
  mark.message = "message 3 \"x\" came back altered";
  mark.hint = "echo the bytes as they are";
  mark.evidence = {{Evidence::Kind::packet, "runs/udp-echo/captures/lab.pcapng", 7},
                   {Evidence::Kind::line, "runs/udp-echo/nodes/server/stdout", 3}};
  CheckMark warning;
  warning.level = scenario::Level::warning;
  warning.outcome = Outcome::not_run;
  StudentResult result;
  result.student = {"20261234", "홍길동", "네트워크공학과", "hong@example.org", "01"};
  result.status = Status::failed;
  result.points = 0.5;
  result.open = 0.25;
  result.most = 1e20;
  result.reason = mark.message;
  result.checks = {mark, warning};
  result.limits = {{Limit::build_time, "build of server", "killed after 60 s"}, {Limit::memory, "server", "256 MiB"}};
  result.notes = {"link: a symbolic link"};
  return result;
}

TEST(StudentJson, ReadsBackWhatItWrote) {
  const StudentResult result = full_result();
  EXPECT_EQ(student_result_from_json(to_json(result)), result);
  EXPECT_EQ(student_result_from_json(to_json(StudentResult{})), StudentResult{});
  for (const Status status : {Status::passed, Status::failed, Status::inconclusive, Status::missing}) {
    StudentResult other;
    other.status = status;
    EXPECT_EQ(student_result_from_json(to_json(other)).status, status);
  }
  for (const Limit limit :
       {Limit::time, Limit::memory, Limit::processes, Limit::output, Limit::disk, Limit::build_time}) {
    StudentResult other;
    other.limits = {{limit, "w", "d"}};
    EXPECT_EQ(student_result_from_json(to_json(other)).limits, other.limits);
  }
}

TEST(StudentJson, IsStableAndReadable) {
  const std::string text = to_json(full_result());
  EXPECT_EQ(text, to_json(full_result()));
  EXPECT_THAT(text, testing::StartsWith(
                        "{\n  \"schema\": \"echolab.student/v1\",\n  \"student\": {\n    \"id\": \"20261234\""));
  EXPECT_THAT(text, HasSubstr("\"most\": 2,")) << "whole points have no decimals";
  EXPECT_THAT(text, HasSubstr("홍길동"));
  EXPECT_THAT(text, testing::EndsWith("}\n"));
}

TEST(StudentJson, BytesThatAreNoTextAreNoException) {
  StudentResult result;
  result.reason = "a\xff";
  EXPECT_EQ(student_result_from_json(to_json(result)).reason, "a\uFFFD");
}

TEST(StudentJson, NamesWhatIsWrong) {
  const auto cause = [](const std::string& text) {
    try {
      student_result_from_json(text);
    } catch (const EnvironmentError& error) {
      return error.cause();
    }
    return std::string("no error");
  };
  EXPECT_THAT(cause(""), HasSubstr("parse error"));
  EXPECT_THAT(cause("[]"), HasSubstr("type_error"));
  EXPECT_THAT(cause("{}"), HasSubstr("schema"));
  EXPECT_THAT(cause(R"({"schema": "echolab.student/v9"})"), HasSubstr("echolab.student/v9"));
  auto json = nlohmann::json::parse(to_json(full_result()));
  const auto broken = [&](const char* pointer, const nlohmann::json& value) {
    auto copy = json;
    copy[nlohmann::json::json_pointer(pointer)] = value;
    return cause(copy.dump());
  };
  EXPECT_THAT(broken("/status", "excellent"), HasSubstr("unknown word 'excellent'"));
  EXPECT_THAT(broken("/checks/0/outcome", "won"), HasSubstr("unknown word 'won'"));
  EXPECT_THAT(broken("/checks", nullptr), HasSubstr("list"));
  EXPECT_THAT(broken("/points", "many"), HasSubstr("number"));
  EXPECT_THAT(broken("/checks/0/evidence/0", nlohmann::json::object()), HasSubstr("file"));
}

TEST(ClassJson, HoldsEverything) {
  ClassResult result;
  result.batch = "abc";
  result.seed = 18446744073709551615u;
  result.tool_version = "0.1.0";
  result.scenarios = {{"udp-echo", "scenarios/udp-echo.yaml", "00ff"}};
  result.students = {full_result(), StudentResult{}};
  result.alike = {{"1", "2", "capture", "the same packets", {"packets 1 to 9"}}};
  result.notes = {"nobody.zip belongs to nobody"};
  const auto json = nlohmann::json::parse(to_json(result));
  EXPECT_EQ(json["schema"], "echolab.class/v1");
  EXPECT_EQ(json["seed"], result.seed);
  EXPECT_EQ(json["scenarios"][0]["sha256"], "00ff");
  EXPECT_EQ(json["students"].size(), 2u);
  EXPECT_EQ(json["students"][0]["checks"][0]["evidence"][1]["line"], 3);
  EXPECT_EQ(json["totals"],
            nlohmann::json::parse(R"({"students": 2, "passed": 0, "failed": 1, "inconclusive": 0, "missing": 1})"));
  EXPECT_EQ(json["alike"][0]["evidence"][0], "packets 1 to 9");
  EXPECT_EQ(json["notes"][0], "nobody.zip belongs to nobody");
}

}  // namespace
}  // namespace echolab::marks

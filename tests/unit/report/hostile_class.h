#pragma once
// A class of six, some of whom would like the reports to say something else.

#include <string>

#include "lab/marks/class_result.h"
#include "lab/marks/marking.h"

namespace echolab::test {

inline marks::CheckMark check_mark(const std::string& check, verify::Outcome outcome, double most,
                                   const std::string& message, const std::string& hint = {}) {
  marks::CheckMark mark;
  mark.scenario = "udp-echo";
  mark.check = check;
  mark.line = 20;
  mark.outcome = outcome;
  mark.most = most;
  mark.points = outcome == verify::Outcome::passed ? most : 0;
  mark.subject = "client-1";
  mark.message = message;
  mark.hint = hint;
  mark.evidence = {{verify::Evidence::Kind::packet, "runs/udp-echo/captures/lab.pcapng", 7},
                   {verify::Evidence::Kind::line, "runs/udp-echo/nodes/server/stdout", 3}};
  return mark;
}

inline marks::StudentResult student(marks::Student who, std::vector<marks::CheckMark> checks) {
  marks::StudentResult result;
  result.student = std::move(who);
  result.checks = std::move(checks);
  marks::sum_up(result);
  return result;
}

inline marks::ClassResult hostile_class() {
  using enum verify::Outcome;
  // Ends what a format began, begins what it must not, and drives a terminal.
  const std::string attack =
      "]]></failure></testcase>::error::x ##[add-mask]x | `code` **b** [l](javascript:x) @all "
      "<script>alert(1)</script> "
      "%0A::warning::y \x1b[2J\x07 \u202e \xff\nsecond line";
  marks::ClassResult result;
  result.batch = "5f0c";
  result.seed = 42;
  result.tool_version = "0.1.0";
  result.scenarios = {{"udp-echo", "scenarios/udp-echo.yaml", "00ff"}, {"tcp, echo", "scenarios/tcp:1,2.yaml", "ff00"}};

  result.students.push_back(student({"20260001", "홍길동", "네트워크공학과", "hong@example.org", "01"},
                                    {check_mark("echoes_match", passed, 6, "5 of 5 messages came back"),
                                     check_mark("own_port", passed, 0.5, "a port of its own")}));
  result.students.push_back(student({"20260002", "=cmd|'/C calc'!A0", "@SUM(A1:A9)", "", "-1"},
                                    {check_mark("echoes_match", failed, 6, attack, "=hint, with \"quotes\""),
                                     check_mark("own_port", not_run, 0.5, "not run: it requires 'echoes_match'")}));
  marks::CheckMark warning = check_mark("round_trip", failed, 0, "slow: 2 s");
  warning.level = scenario::Level::warning;
  marks::CheckMark other = check_mark("echoes_match", passed, 6, "5 of 5 messages came back");
  other.scenario = "tcp, echo";
  result.students.push_back(student({"20260003", "O'Neil, \"Kim\"", "a & b < c", "", ""},
                                    {check_mark("echoes_match", passed, 6, "ok"), warning, other,
                                     check_mark("echoes_match", passed, 0.5, "the same id again")}));
  result.students.push_back(student({"20260004", "</testcase><script>", "", "", ""},
                                    {check_mark("echoes_match", passed, 6, "ok"),
                                     check_mark("own_port", inconclusive, 0.5, "the capture is not complete")}));
  result.students.push_back(student({"20260005", "이름이 아주 긴 학생\n둘째 줄", "", "", ""}, {}));
  result.students.back().checks = {check_mark("echoes_match", failed, 6.5, "nothing was handed in")};
  result.students.back().checks[0].evidence.clear();
  marks::sum_up_missing(result.students.back(), "nothing was handed in");
  result.students.push_back(marks::StudentResult{});
  result.students.back().student.id = "20260006";
  result.students.back().reason = "20260006.zip can't be read";

  result.students[1].limits = {{marks::Limit::memory, "server", "killed at 256 MiB"},
                               {marks::Limit::build_time, "build of </pre>", "killed after 60 s"}};
  result.students[1].notes = {"link -> /etc/passwd: a symbolic link"};
  result.alike = {
      {"20260001", "20260003", "capture", "the same packets, shifted by 2 s", {"packets 1 to 9 | 3 to 11"}}};
  result.notes = {"<b>nobody</b>.zip belongs to nobody"};
  return result;
}

}  // namespace echolab::test

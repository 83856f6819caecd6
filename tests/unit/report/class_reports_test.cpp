// Every format against a file that somebody looked at, and against a reader that is not ours.
#include "lab/report/class_reports.h"
#include "lab/base/json.h"

#include <gmock/gmock.h>

#include <sstream>

#include "lab/base/file.h"
#include "tests/support/tool.h"
#include "tests/unit/report/hostile_class.h"
#include "tests/unit/scenario/golden.h"

namespace echolab::report {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

const std::string golden = "tests/golden/report/";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// What a Python program that gets the text as a file prints, as JSON.
nlohmann::json read_by_python(const std::string& text, const std::string& script) {
  const test::TemporaryFolder folder;
  write_file_atomically(folder / "in", text);
  return nlohmann::json::parse(
      test::output_of({"python3", "-c", "import csv, json, sys\n" + script, (folder / "in").string()}));
}

nlohmann::json read_csv(const std::string& text) {
  return read_by_python(text,
                        "with open(sys.argv[1], encoding='utf-8-sig', newline='') as f:\n"
                        "  print(json.dumps(list(csv.reader(f, strict=True))))");
}

// Nothing that moves a cursor, changes direction or ends a line where none ends; whatever the format.
void expect_no_controls(const std::string& text) {
  for (const char c : text) ASSERT_TRUE(c == '\n' || c == '\r' || static_cast<unsigned char>(c) >= ' ');
  EXPECT_THAT(text, Not(HasSubstr("\u202e")));
  EXPECT_THAT(text, Not(HasSubstr("##[")));
}

TEST(ClassConsole, IsAsTheGoldenOne) {
  const std::string text = render_class(test::hostile_class(), {});
  echolab::testing::expect_golden(golden + "console.txt", text);
  expect_no_controls(text);
  for (const std::string& line : lines_of(text)) EXPECT_THAT(line, Not(StartsWith("::")));
}

TEST(ClassConsole, OneStudent) {
  const std::string text = render_student(test::hostile_class().students[2], {});
  EXPECT_THAT(text, HasSubstr("WARNING"));
  EXPECT_THAT(text, HasSubstr("PASSED  12.5/12.5 points\n"));
  expect_no_controls(render_student(test::hostile_class().students[1], {}));
}

TEST(ClassConsole, ManyFailuresAreCut) {
  marks::ClassResult result = test::hostile_class();
  result.students.assign(300, result.students[1]);
  EXPECT_THAT(render_class(result, {}), HasSubstr("and 240 more checks in results.json\n"));
}

TEST(ClassConsole, AnEmptyClassSaysSo) {
  EXPECT_EQ(render_class({}, {}), "0 students\n");
}

TEST(JunitXml, IsAsTheGoldenOne) {
  echolab::testing::expect_golden(golden + "junit.xml", junit_xml(test::hostile_class()));
}

TEST(JunitXml, IsReadByAnotherParser) {
  const nlohmann::json read =
      read_by_python(junit_xml(test::hostile_class()),
                     "import xml.etree.ElementTree as ET\nroot = ET.parse(sys.argv[1]).getroot()\n"
                     "print(json.dumps({'root': dict(root.attrib), 'suites': [dict(s.attrib) for s in root],\n"
                     "  'cases': [[c.get('classname'), c.get('name'), [e.tag for e in c], ''.join(c.itertext())]\n"
                     "            for c in root.iter('testcase')]}))");
  EXPECT_EQ(read["root"]["tests"], "12");
  EXPECT_EQ(read["root"]["failures"], "3");
  EXPECT_EQ(read["root"]["errors"], "1");
  EXPECT_EQ(read["root"]["skipped"], "1");
  EXPECT_EQ(read["suites"].size(), 3u);
  std::set<std::string> names;
  for (const auto& test : read["cases"]) names.insert(test[0].get<std::string>() + "\n" + test[1].get<std::string>());
  EXPECT_EQ(names.size(), read["cases"].size()) << "GitLab drops cases of one class and name";
  EXPECT_EQ(read["cases"][2][0], "udp-echo.20260002");
  EXPECT_EQ(read["cases"][2][2], nlohmann::json({"failure"}));
  EXPECT_THAT(read["cases"][2][3].get<std::string>(), HasSubstr("]]></failure></testcase>"));
  EXPECT_THAT(read["cases"][2][3].get<std::string>(), HasSubstr("\\x1b[2J\\x07 \\u202e \\xff\\nsecond line"));
  EXPECT_EQ(read["cases"][5][1], "round_trip");
  EXPECT_EQ(read["cases"][5][2], nlohmann::json({"system-out"}));
  EXPECT_EQ(read["cases"][6][1], "echoes_match (2)");
}

TEST(JunitXml, ShowsPicturesWhereThereAreAny) {
  const std::string text = junit_xml(test::hostile_class(), "out");
  EXPECT_THAT(text, HasSubstr("<system-out>[[ATTACHMENT|out/20260002/20260002.png]]</system-out>"));
  EXPECT_THAT(text, Not(HasSubstr("out/20260001"))) << "nothing to look at";
  EXPECT_THAT(text, Not(HasSubstr("out/20260005"))) << "there is no picture";
}

TEST(GithubSummary, IsAsTheGoldenOne) {
  const std::string text = github_summary(test::hostile_class());
  echolab::testing::expect_golden(golden + "summary.md", text);
  expect_no_controls(text);
  for (const char* const active : {"<script", "**b**", "[l](", "@all", "`code`", "::error"}) {
    EXPECT_THAT(text, Not(HasSubstr(active)));
  }
}

marks::ClassResult large_class(std::size_t students, std::size_t reason_bytes) {
  const marks::ClassResult hostile = test::hostile_class();
  marks::StudentResult failed = hostile.students[1];
  failed.reason = std::string(reason_bytes, '*');
  marks::ClassResult result;
  result.students.assign(students, hostile.students[0]);
  for (std::size_t i = 0; i < students; i += 2) result.students[i] = failed;
  return result;
}

TEST(GithubSummary, StaysWithinItsBudget) {
  const std::string all = github_summary(large_class(300, 50));
  EXPECT_THAT(all, HasSubstr("Everyone"));
  const std::string failed_only = github_summary(large_class(900, 100'000));
  EXPECT_LE(failed_only.size(), 900'000u);
  EXPECT_THAT(failed_only, HasSubstr("Not passed"));
  EXPECT_THAT(failed_only, Not(HasSubstr("Everyone")));
  const std::string cut = github_summary(large_class(20'000, 200));
  EXPECT_LE(cut.size(), 900'000u);
  EXPECT_THAT(cut, HasSubstr("more students."));
  for (const std::string& line : lines_of(cut)) {
    EXPECT_TRUE(!line.starts_with("| ") || line.ends_with(" |")) << "a row was cut: " << line;
  }
}

TEST(GithubAnnotations, AreAsTheGoldenOnes) {
  const std::string text = github_annotations(test::hostile_class());
  echolab::testing::expect_golden(golden + "annotations.txt", text);
  expect_no_controls(text);
  for (const std::string& line : lines_of(text)) {
    EXPECT_THAT(line, ::testing::AnyOf(StartsWith("::error "), StartsWith("::warning ")));
    EXPECT_THAT(line, Not(HasSubstr("%0A"))) << "what a student wrote as %0A must not become a new line";
  }
}

TEST(GithubAnnotations, AreTenAtMostAndCountTheRest) {
  marks::ClassResult result = large_class(40, 10);
  const std::vector<std::string> lines = lines_of(github_annotations(result));
  ASSERT_EQ(lines.size(), 10u);
  EXPECT_EQ(lines.back(), "::error title=Grading::…and 11 more students who did not pass");
  result.students.resize(20);
  EXPECT_EQ(lines_of(github_annotations(result)).size(), 10u);
  EXPECT_THAT(github_annotations(result), Not(HasSubstr("more students")));
  EXPECT_THAT(github_annotations({}), IsEmpty());
}

TEST(GithubAnnotations, EscapePropertiesAndTheWorstComesFirst) {
  marks::ClassResult result = test::hostile_class();
  result.students[0].status = marks::Status::failed;
  result.students[0].reason = "100% wrong";
  result.students[0].checks[0].scenario = "tcp, echo";
  result.students[0].checks[0].outcome = verify::Outcome::failed;
  result.students[0].checks[0].message = "100% wrong";
  const std::string text = github_annotations(result);
  EXPECT_THAT(text, StartsWith("::error file=scenarios/udp-echo.yaml,line=20,title=20260005 "));
  EXPECT_THAT(text, HasSubstr("file=scenarios/tcp%3A1%2C2.yaml,line=20,title="));
  EXPECT_THAT(text, HasSubstr("::100%25 wrong\n"));
}

TEST(GradescopeJson, IsAsTheGoldenOne) {
  const marks::ClassResult result = test::hostile_class();
  const std::string text = gradescope_json(result.students[1]);
  echolab::testing::expect_golden(golden + "gradescope.json", text);
  const auto json = read_by_python(text, "print(json.dumps(json.load(open(sys.argv[1], encoding='utf-8'))))");
  EXPECT_FALSE(json.contains("score")) << "the tests' scores are the only source";
  EXPECT_EQ(json["tests"][0]["status"], "failed");
  EXPECT_EQ(json["tests"][0]["score"], 0);
  EXPECT_EQ(json["tests"][0]["max_score"], 6);
  EXPECT_EQ(json["tests"][0]["name"], "udp-echo: echoes_match");
}

TEST(GradescopeJson, WhatWasNotJudgedHasNoScore) {
  const auto json = nlohmann::json::parse(gradescope_json(test::hostile_class().students[3]));
  EXPECT_EQ(json["tests"][0]["score"], 6);
  EXPECT_FALSE(json["tests"][1].contains("score"));
  EXPECT_FALSE(json["tests"][1].contains("status"));
  EXPECT_THAT(json["output"].get<std::string>(), HasSubstr("6…6.5/6.5"));
}

TEST(GradescopeJson, AWarningCostsNothing) {
  const auto json = nlohmann::json::parse(gradescope_json(test::hostile_class().students[2]));
  EXPECT_EQ(json["tests"][1]["status"], "passed");
  EXPECT_EQ(json["tests"][1]["max_score"], 0);
}

TEST(GradescopeJson, WithoutTestsThereIsAScore) {
  EXPECT_EQ(nlohmann::json::parse(gradescope_json(marks::StudentResult{}))["score"], 0);
}

TEST(CanvasCsv, IsWhatTheImporterReads) {
  const std::string text = canvas_csv(test::hostile_class(), "Echo (1234)");
  echolab::testing::expect_golden(golden + "canvas.csv", text);
  const auto rows = read_csv(text);
  EXPECT_EQ(rows[0], nlohmann::json({"Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Echo (1234)"}));
  EXPECT_THAT(rows[1][0].get<std::string>(), HasSubstr("Points Possible"));
  EXPECT_EQ(rows[1][5], "12.50");
  EXPECT_EQ(rows[2], nlohmann::json({"홍길동", "", "20260001", "", "01", "6.50"}));
  EXPECT_EQ(rows[3], nlohmann::json({"'=cmd|'/C calc'!A0", "", "20260002", "", "'-1", "0.00"}));
  EXPECT_EQ(rows[4][0], "O'Neil, \"Kim\"");
  EXPECT_EQ(rows[5][5], "") << "a mark that is not complete is no grade";
  EXPECT_EQ(rows[6][5], "0.00") << "missing work is one";
  for (const auto& row : rows) EXPECT_EQ(row.size(), 6u);
}

TEST(GradebookCsv, OpensInASpreadsheetWithHangul) {
  const std::string text = gradebook_csv(test::hostile_class());
  echolab::testing::expect_golden(golden + "gradebook.csv", text);
  EXPECT_THAT(text, StartsWith("\xef\xbb\xbf학번,이름,학과,분반,점수,만점,상태,비고\r\n"));
  const auto rows = read_csv(text);
  ASSERT_EQ(rows.size(), 7u);
  EXPECT_EQ(rows[1], nlohmann::json({"20260001", "홍길동", "네트워크공학과", "01", "6.5", "6.5", "통과", ""}));
  EXPECT_EQ(rows[2][2], "'@SUM(A1:A9)");
  EXPECT_EQ(rows[4][4], "");
  EXPECT_EQ(rows[4][6], "판정 보류");
  EXPECT_THAT(rows[4][7].get<std::string>(), StartsWith("6…6.5/6.5, "));
  EXPECT_EQ(rows[5][6], "미제출");
  for (const auto& row : rows) EXPECT_EQ(row.size(), 8u);
}

TEST(ChecksCsv, HasALinePerCheck) {
  const std::string text = checks_csv(test::hostile_class());
  echolab::testing::expect_golden(golden + "checks.csv", text);
  const auto rows = read_csv(text);
  ASSERT_EQ(rows.size(), 1u + 2 + 2 + 4 + 2 + 1);
  EXPECT_EQ(rows[3][0], "20260002");
  EXPECT_EQ(rows[3][5], "failed");
  EXPECT_EQ(rows[3][6], "runs/udp-echo/captures/lab.pcapng packet 7; runs/udp-echo/nodes/server/stdout line 3");
  for (const auto& row : rows) EXPECT_EQ(row.size(), 8u);
}

TEST(Csv, NoCellBeginsAFormula) {
  marks::ClassResult result = test::hostile_class();
  for (const std::string begin : {"=", "+", "-", "@", "\t=", "\r=", " =", "＝", "－"}) {
    result.students[0].student.name = begin + "1+1";
    const auto cell = read_csv(gradebook_csv(result))[1][1].get<std::string>();
    EXPECT_THAT(cell, ::testing::AnyOf(StartsWith("'"), StartsWith("\\"))) << begin;
  }
}

TEST(ClassHtml, IsAsTheGoldenOne) {
  echolab::testing::expect_golden(golden + "class.html", class_html(test::hostile_class()));
}

TEST(ClassHtml, ChartCountsCompleteMarksOnly) {
  const std::string page = class_html(test::hostile_class());
  EXPECT_THAT(page, HasSubstr("Students by points: 0–10 %: 3, 90–100 %: 2\""));
  marks::ClassResult open;
  open.students = {test::hostile_class().students[3]};
  EXPECT_THAT(class_html(open), Not(HasSubstr("<svg")));
}

TEST(ClassHtml, HoldsOnlyElementsOfOurs) {
  const auto read = read_by_python(class_html(test::hostile_class()), R"(
from html.parser import HTMLParser
class Reader(HTMLParser):
  def __init__(self):
    super().__init__()
    self.tags, self.links, self.open, self.text, self.bad = {}, [], [], '', []
  def handle_starttag(self, tag, attributes):
    self.tags[tag] = self.tags.get(tag, 0) + 1
    if tag not in ('meta', 'br', 'rect', 'line'): self.open.append(tag)
    for name, value in attributes:
      if name.startswith('on'): self.bad.append(name)
      if name in ('href', 'src'): self.links.append(value)
  def handle_startendtag(self, tag, attributes): pass
  def handle_endtag(self, tag):
    if not self.open or self.open.pop() != tag: self.bad.append(tag)
  def handle_data(self, data): self.text += data
reader = Reader()
reader.feed(open(sys.argv[1], encoding='utf-8').read())
print(json.dumps({'tags': reader.tags, 'links': reader.links, 'open': reader.open, 'text': reader.text, 'bad': reader.bad}))
)");
  EXPECT_FALSE(read["tags"].contains("script"));
  EXPECT_EQ(read["bad"], nlohmann::json::array());
  EXPECT_EQ(read["open"], nlohmann::json::array()) << "elements that were not closed";
  EXPECT_EQ(read["links"].size(), 8u) << "none of who handed nothing in";
  EXPECT_EQ(read["links"][0], "20260002/20260002.png");
  EXPECT_THAT(read["text"].get<std::string>(), HasSubstr("<script>alert(1)</script>"));
  EXPECT_THAT(class_html(test::hostile_class()), HasSubstr("default-src 'none'"));
  EXPECT_THAT(class_html({}), HasSubstr("</html>"));
}

TEST(Reports, EqualWorkGivesEqualBytes) {
  const marks::ClassResult a = test::hostile_class(), b = test::hostile_class();
  EXPECT_EQ(junit_xml(a), junit_xml(b));
  EXPECT_EQ(class_html(a), class_html(b));
  EXPECT_EQ(github_summary(a), github_summary(b));
}

}  // namespace
}  // namespace echolab::report

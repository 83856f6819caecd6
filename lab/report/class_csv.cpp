#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lab/report/class_reports.h"
#include "lab/report/class_words.h"

namespace echolab::report {

namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";  // tells Excel that this is UTF-8

// What makes a spreadsheet compute a cell (OWASP, "CSV Injection"), with the wide forms that some of them fold.
bool begins_formula(std::string_view text) {
  constexpr std::array<std::string_view, 10> beginnings{"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"};
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return std::any_of(beginnings.begin(), beginnings.end(), [&](std::string_view b) { return text.starts_with(b); });
}

// RFC 4180.
class CsvFile {
 public:
  explicit CsvFile(std::string_view beginning = {}) : text_(beginning) {}

  CsvFile& text(std::string_view cell) {
    std::string safe = shown(cell);
    const bool formula = begins_formula(safe);
    if (formula) safe.insert(0, 1, '\'');
    const bool quoted = formula || safe.find_first_of(",\";\r\n") != std::string::npos;
    if (!quoted) return raw(safe);
    std::string doubled;
    for (const char c : safe) doubled += c == '"' ? std::string("\"\"") : std::string(1, c);
    return raw("\"" + doubled + "\"");
  }
  CsvFile& number(double value) { return raw(points_text(value)); }
  CsvFile& raw(std::string_view cell) {
    if (!first_) text_ += ',';
    text_ += cell;
    first_ = false;
    return *this;
  }
  void end_line() {
    text_ += "\r\n";
    first_ = true;
  }
  std::string take() && { return std::move(text_); }

 private:
  std::string text_;
  bool first_ = true;
};

std::string_view korean(marks::Status status) {
  switch (status) {
    case marks::Status::passed:
      return "통과";
    case marks::Status::failed:
      return "실패";
    case marks::Status::inconclusive:
      return "판정 보류";
    case marks::Status::missing:
      return "미제출";
  }
  return "";
}

}  // namespace

std::string canvas_csv(const marks::ClassResult& result, const std::string& assignment) {
  CsvFile file;
  for (const std::string_view column : {"Student", "ID", "SIS User ID", "SIS Login ID", "Section"}) file.text(column);
  file.text(assignment).end_line();
  double most = 0;
  for (const marks::StudentResult& student : result.students) most = std::max(most, student.most);
  file.raw("    Points Possible").raw("").raw("").raw("").raw("").raw(fmt::format("{:.2f}", most)).end_line();
  for (const marks::StudentResult& student : result.students) {
    file.text(student.student.name).raw("").text(student.student.id).raw("").text(student.student.section);
    file.raw(student.complete() ? fmt::format("{:.2f}", student.points) : std::string()).end_line();
  }
  return std::move(file).take();
}

std::string gradebook_csv(const marks::ClassResult& result) {
  CsvFile file(byte_order_mark);
  for (const std::string_view column : {"학번", "이름", "학과", "분반", "점수", "만점", "상태", "비고"})
    file.raw(column);
  file.end_line();
  for (const marks::StudentResult& student : result.students) {
    const marks::Student& who = student.student;
    file.text(who.id).text(who.name).text(who.department).text(who.section);
    student.complete() ? file.number(student.points) : file.raw("");
    file.number(student.most).raw(korean(student.status));
    // What is sure already, where the mark itself must not be there yet.
    file.text(student.complete() ? student.reason : points_of(student) + ", " + student.reason).end_line();
  }
  return std::move(file).take();
}

std::string checks_csv(const marks::ClassResult& result) {
  CsvFile file(byte_order_mark);
  for (const std::string_view column :
       {"id", "scenario", "check", "points", "most", "outcome", "evidence", "message"}) {
    file.raw(column);
  }
  file.end_line();
  for (const marks::StudentResult& student : result.students) {
    for (const marks::CheckMark& mark : student.checks) {
      std::string evidence;
      for (const verify::Evidence& item : mark.evidence)
        evidence += (evidence.empty() ? "" : "; ") + evidence_text(item);
      file.text(student.student.id).text(mark.scenario).text(mark.check);
      file.number(mark.points).number(mark.most).raw(verify::to_string(mark.outcome));
      file.text(evidence).text(mark.message).end_line();
    }
  }
  return std::move(file).take();
}

}  // namespace echolab::report

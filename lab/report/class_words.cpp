#include "lab/report/class_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lab/base/text.h"

namespace echolab::report {

std::string shown(std::string_view text) {
  std::string visible = escape_for_terminal(text);
  for (std::size_t at = visible.find("##["); at != std::string::npos; at = visible.find("##[", at)) {
    visible.insert(at + 1, " ");
  }
  return visible;
}

std::string name_of(const marks::Student& student) {
  return student.name.empty() ? student.id : student.id + " " + student.name;
}

std::string points_text(double points) {
  std::string text = fmt::format("{:.6f}", points);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string points_of(const marks::StudentResult& result) {
  const std::string range = result.open > 0 ? "…" + points_text(result.points + result.open) : std::string();
  return points_text(result.points) + range + "/" + points_text(result.most);
}

std::string evidence_text(const verify::Evidence& evidence) {
  const bool packet = evidence.kind == verify::Evidence::Kind::packet;
  return fmt::format("{} {} {}", shown(evidence.file), packet ? "packet" : "line", evidence.number);
}

std::string students_of(const marks::Alike& alike) {
  return alike.second.empty() ? alike.first : alike.first + " and " + alike.second;
}

std::string limit_text(const marks::LimitHit& hit) {
  std::string kind(marks::to_string(hit.limit));
  std::replace(kind.begin(), kind.end(), '_', ' ');
  return fmt::format("{} limit in {}: {}", kind, shown(hit.where), shown(hit.detail));
}

std::string_view status_word(marks::Status status) {
  switch (status) {
    case marks::Status::passed:
      return "PASSED";
    case marks::Status::failed:
      return "FAILED";
    case marks::Status::inconclusive:
      return "INCONCLUSIVE";
    case marks::Status::missing:
      return "MISSING";
  }
  return "";
}

Emphasis emphasis_of(marks::Status status) {
  switch (status) {
    case marks::Status::passed:
      return Emphasis::good;
    case marks::Status::inconclusive:
      return Emphasis::warning;
    default:
      return Emphasis::bad;
  }
}

std::size_t count_of(const marks::ClassResult& result, marks::Status status) {
  return static_cast<std::size_t>(
      std::count_if(result.students.begin(), result.students.end(),
                    [&](const marks::StudentResult& student) { return student.status == status; }));
}

std::string totals_text(const marks::ClassResult& result) {
  std::string text = counted(result.students.size(), "student", "students");
  std::string_view before = ": ";
  for (const marks::Status status : statuses) {
    const std::size_t count = count_of(result, status);
    if (count == 0) continue;
    text += fmt::format("{}{} {}", before, count, marks::to_string(status));
    before = ", ";
  }
  return text;
}

std::vector<const marks::StudentResult*> worst_first(const marks::ClassResult& result) {
  std::vector<const marks::StudentResult*> students;
  for (const marks::StudentResult& student : result.students) {
    if (student.status != marks::Status::passed) students.push_back(&student);
  }
  const auto rank = [](const marks::StudentResult* student) {
    return student->status == marks::Status::missing ? 0 : student->status == marks::Status::failed ? 1 : 2;
  };
  std::stable_sort(students.begin(), students.end(), [&](const auto* a, const auto* b) {
    if (rank(a) != rank(b)) return rank(a) < rank(b);
    return a->points < b->points;
  });
  return students;
}

bool is_trouble(const marks::CheckMark& mark) {
  return mark.outcome == verify::Outcome::failed || mark.outcome == verify::Outcome::inconclusive ||
         (mark.outcome == verify::Outcome::not_run && mark.most > 0);
}

const marks::CheckMark* deciding_check(const marks::StudentResult& result) {
  const auto found = std::find_if(result.checks.begin(), result.checks.end(), [&](const marks::CheckMark& mark) {
    return is_trouble(mark) && mark.level == scenario::Level::error && mark.message == result.reason;
  });
  return found == result.checks.end() ? nullptr : &*found;
}

}  // namespace echolab::report

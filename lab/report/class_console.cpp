#include <fmt/format.h>

#include <algorithm>

#include "lab/base/text.h"
#include "lab/report/class_reports.h"
#include "lab/report/class_words.h"
#include "lab/report/words.h"

namespace echolab::report {

namespace {

constexpr std::size_t most_explained = 60;  // checks of the whole class; the rest is in results.json

struct CheckWord {
  std::string_view word;
  Emphasis emphasis;
};
CheckWord word_of(const marks::CheckMark& mark) {
  if (mark.level == scenario::Level::warning && mark.outcome == verify::Outcome::failed) {
    return {"WARNING", Emphasis::warning};
  }
  return {finding_word(mark.outcome), emphasis_of(mark.outcome)};
}

std::string render_check(const marks::CheckMark& mark, const Style& style) {
  const auto [word, emphasis] = word_of(mark);
  std::string out =
      fmt::format("  {}  {} {} ({}/{}): {}\n", style.paint(word, emphasis), shown(mark.scenario), shown(mark.check),
                  points_text(mark.points), points_text(mark.most), shown(mark.message));
  if (!mark.evidence.empty()) out += fmt::format("        look: {}\n", evidence_text(mark.evidence.front()));
  if (!mark.hint.empty()) out += fmt::format("        hint: {}\n", shown(mark.hint));
  return out;
}

std::string render_name(const marks::Student& student, const Style& style) {
  return style.paint(shown(name_of(student)), Emphasis::strong);
}

std::string render_students(const marks::ClassResult& result, const Style& style) {
  Table table({{"student"},
               {"name", Table::Align::left, 24},
               {"points", Table::Align::right},
               {"status"},
               {"why", Table::Align::left, 90}});
  for (const marks::StudentResult& student : result.students) {
    table.add_row({{student.student.id},
                   {shown(student.student.name)},
                   {points_of(student)},
                   {std::string(status_word(student.status)), emphasis_of(student.status)},
                   {shown(student.reason)}});
  }
  return table.empty() ? std::string() : table.render(style) + "\n";
}

std::string render_troubles(const marks::ClassResult& result, const Style& style) {
  std::string out;
  std::size_t explained = 0, left = 0;
  for (const marks::StudentResult* student : worst_first(result)) {
    std::string lines;
    for (const marks::CheckMark& mark : student->checks) {
      if (!is_trouble(mark)) continue;
      // Not worth a line: it rests on a check that failed, which has one.
      if (mark.outcome == verify::Outcome::not_run && student->status == marks::Status::failed) continue;
      if (explained == most_explained) {
        ++left;
        continue;
      }
      ++explained;
      lines += render_check(mark, style);
    }
    if (!lines.empty()) out += render_name(student->student, style) + "\n" + lines;
  }
  if (left > 0) out += fmt::format("and {} in results.json\n", counted(left, "more check", "more checks"));
  return out.empty() ? out : out + "\n";
}

// What one should know besides the marks.
std::string render_remarks(const marks::ClassResult& result, const Style& style) {
  std::string out;
  for (const marks::StudentResult& student : result.students) {
    for (const marks::LimitHit& hit : student.limits) {
      out += fmt::format("{}  {}: {}\n", style.paint("LIMIT", Emphasis::warning), student.student.id, limit_text(hit));
    }
  }
  for (const marks::Alike& alike : result.alike) {
    out += fmt::format("{}  {}, {}: {}\n", style.paint(alike.second.empty() ? "EDITED" : "ALIKE", Emphasis::warning),
                       shown(students_of(alike)), shown(alike.what), shown(alike.reason));
  }
  for (const std::string& note : result.notes) out += fmt::format("note: {}\n", shown(note));
  return out.empty() ? out : out + "\n";
}

}  // namespace

std::string render_class(const marks::ClassResult& result, const Style& style) {
  return render_students(result, style) + render_troubles(result, style) + render_remarks(result, style) +
         totals_text(result) + "\n";
}

std::string render_student(const marks::StudentResult& result, const Style& style) {
  std::string out = render_name(result.student, style) + "\n";
  for (const marks::CheckMark& mark : result.checks) out += render_check(mark, style);
  for (const marks::LimitHit& hit : result.limits) {
    out += fmt::format("  {}  {}\n", style.paint("LIMIT", Emphasis::warning), limit_text(hit));
  }
  for (const std::string& note : result.notes) out += fmt::format("  note: {}\n", shown(note));
  out += fmt::format("{}  {} points", style.paint(status_word(result.status), emphasis_of(result.status)),
                     points_of(result));
  if (!result.reason.empty()) out += ": " + shown(result.reason);
  return out + "\n";
}

}  // namespace echolab::report

#include <fmt/format.h>

#include <algorithm>

#include "lab/report/class_page_style.h"
#include "lab/report/class_reports.h"
#include "lab/report/class_words.h"
#include "lab/report/points_chart.h"
#include "lab/report/words.h"

namespace echolab::report {

namespace {

// For elements and for attributes in double quotes.
std::string html(std::string_view text) {
  std::string out;
  for (const char c : shown(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string capitalized(std::string_view word) {
  std::string text(word);
  text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string totals_list(const marks::ClassResult& result) {
  std::string out = "<ul class=\"totals\">\n";
  out += fmt::format("<li><b>{}</b> students</li>\n", result.students.size());
  for (const marks::Status status : statuses) {
    const std::string_view word = marks::to_string(status);
    const std::size_t count = count_of(result, status);
    if (count > 0) out += fmt::format("<li class=\"{}\"><b>{}</b> {}</li>\n", word, count, word);
  }
  return out + "</ul>\n";
}

std::string check_item(const marks::CheckMark& mark) {
  const std::string_view outcome = verify::to_string(mark.outcome);
  std::string out = fmt::format("<li><span class=\"{}\">{}</span> {} <code>{}</code> {}/{}", outcome,
                                mark.outcome == verify::Outcome::not_run ? "not run" : outcome, html(mark.scenario),
                                html(mark.check), points_text(mark.points), points_text(mark.most));
  if (!mark.message.empty()) out += ": " + html(mark.message);
  if (!mark.hint.empty() && is_trouble(mark))
    out += fmt::format("<br><span class=\"quiet\">{}</span>", html(mark.hint));
  if (!mark.evidence.empty()) {
    out += fmt::format("<br><span class=\"quiet\"><code>{}</code></span>", html(evidence_text(mark.evidence.front())));
  }
  return out + "</li>\n";
}

std::string student_row(const marks::StudentResult& student) {
  const std::string id = html(student.student.id);  // names files; its letters need no escape in a link
  std::string about = html(student.student.department);
  if (!student.student.section.empty()) about += (about.empty() ? "" : " · ") + html(student.student.section);
  if (!about.empty()) about = "<br><span class=\"quiet\">" + about + "</span>";
  std::string out = "<tr>\n";
  out += fmt::format("<td class=\"status {}\">{}</td>\n", marks::to_string(student.status),
                     capitalized(marks::to_string(student.status)));
  out += fmt::format("<td><b>{}</b> {}{}</td>\n", id, html(student.student.name), about);
  out += fmt::format("<td class=\"points\">{}</td>\n", points_of(student));
  out += fmt::format("<td class=\"why\"><details><summary>{}</summary>\n<ul>\n",
                     student.reason.empty() ? "All checks passed" : html(student.reason));
  for (const marks::CheckMark& mark : student.checks) out += check_item(mark);
  for (const marks::LimitHit& hit : student.limits) out += "<li>" + html(limit_text(hit)) + "</li>\n";
  for (const std::string& note : student.notes) out += "<li>" + html(note) + "</li>\n";
  out += "</ul></details></td>\n";
  if (student.status == marks::Status::missing) return out + "<td></td>\n</tr>\n";  // it has no files
  out +=
      fmt::format("<td><a href=\"{0}/{0}.png\">picture</a> <a href=\"{0}/{0}.pcapng\">capture</a></td>\n</tr>\n", id);
  return out;
}

std::string students_table(const marks::ClassResult& result) {
  std::vector<const marks::StudentResult*> students = worst_first(result);
  for (const marks::StudentResult& student : result.students) {
    if (student.status == marks::Status::passed) students.push_back(&student);
  }
  if (students.empty()) return {};
  std::string out =
      "<h2>Students</h2>\n<table>\n<thead><tr><th>Status</th><th>Student</th><th class=\"points\">Points</th>"
      "<th>Why</th><th>Files</th></tr></thead>\n<tbody>\n";
  for (const marks::StudentResult* student : students) out += student_row(*student);
  return out + "</tbody>\n</table>\n";
}

std::string remarks_list(const marks::ClassResult& result) {
  std::string out;
  if (!result.alike.empty()) {
    out +=
        "<h2>Alike</h2>\n<p class=\"quiet\">Work of two students that is alike where independent work is not. No mark "
        "follows from it.</p>\n<ul>\n";
    for (const marks::Alike& alike : result.alike) {
      out += fmt::format("<li><b>{}</b>, {}: {}", html(students_of(alike)), html(alike.what), html(alike.reason));
      for (const std::string& evidence : alike.evidence) out += "<br><code>" + html(evidence) + "</code>";
      out += "</li>\n";
    }
    out += "</ul>\n";
  }
  if (!result.notes.empty()) {
    out += "<h2>Notes</h2>\n<ul>\n";
    for (const std::string& note : result.notes) out += "<li>" + html(note) + "</li>\n";
    out += "</ul>\n";
  }
  return out;
}

}  // namespace

std::string class_html(const marks::ClassResult& result) {
  std::string names;
  for (const marks::ScenarioUse& use : result.scenarios) names += (names.empty() ? "" : ", ") + html(use.name);
  if (names.empty()) names = "Grading";
  // No scripts, no pictures, nothing from elsewhere: whatever came through the escapes would still do nothing.
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
      "base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n<h1>{0}</h1>\n"
      "<p class=\"quiet\">echolab {2}, batch {3}, seed {4}</p>\n{5}{6}{7}{8}</body>\n</html>\n",
      names, class_page_style, html(result.tool_version), html(result.batch), result.seed, totals_list(result),
      points_chart(result), students_table(result), remarks_list(result));
}

}  // namespace echolab::report

#include <fmt/format.h>

#include <algorithm>

#include "lab/base/text.h"
#include "lab/report/class_reports.h"
#include "lab/report/class_words.h"

namespace echolab::report {

namespace {

// GitHub drops a summary of more than 1 MiB whole.
constexpr std::size_t summary_budget = 900'000;
constexpr std::size_t longest_cell = 200;          // columns
constexpr std::size_t longest_cell_source = 4096;  // bytes that are looked at to fill it
// GitHub shows no more of a step.
constexpr std::size_t most_annotations = 10;

// A reason can quote a hundred kilobytes, of which a cell shows one line: whole characters, as far as they can matter.
std::string_view beginning_of(std::string_view text) {
  if (text.size() <= longest_cell_source) return text;
  std::size_t end = longest_cell_source;
  while (end > longest_cell_source - 4 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

// Plain text in a cell of a Markdown table. As character references, punctuation begins no emphasis, link, code or HTML;
// the empty comment keeps "@name" from being a mention, which GitHub looks for after the Markdown.
std::string markdown(std::string_view text) {
  std::string out;
  for (const char c : cut_to_width(shown(beginning_of(text)), longest_cell)) {
    const bool punctuation =
        c > ' ' && c <= '~' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z');
    if (!punctuation || c == ',' || c == '-') {
      out += c;
    } else {
      out += fmt::format("&#{};", static_cast<int>(c));
      if (c == '@') out += "<!-- -->";
    }
  }
  return out;
}

std::string_view mark_of(marks::Status status) {
  switch (status) {
    case marks::Status::passed:
      return "✅ passed";
    case marks::Status::failed:
      return "❌ failed";
    case marks::Status::missing:
      return "❌ missing";
    case marks::Status::inconclusive:
      return "⚠️ inconclusive";
  }
  return "";
}

std::string row_of(const marks::StudentResult& result) {
  return fmt::format("| {} | {} | {} | {} | {} |\n", markdown(result.student.id), markdown(result.student.name),
                     points_of(result), mark_of(result.status), markdown(result.reason));
}

constexpr std::string_view table_head = "| student | name | points | status | why |\n|---|---|--:|---|---|\n";

// A table of as many of them as the budget lets in.
std::string table_of(const std::vector<const marks::StudentResult*>& students, std::size_t budget) {
  std::string table(table_head);
  for (std::size_t i = 0; i < students.size(); ++i) {
    const std::string row = row_of(*students[i]);
    if (table.size() + row.size() > budget) {
      return table + fmt::format("\n…and {}.\n", counted(students.size() - i, "more student", "more students"));
    }
    table += row;
  }
  return table;
}

std::string remarks_of(const marks::ClassResult& result) {
  std::string out;
  for (const marks::Alike& alike : result.alike) {
    out += fmt::format("- {}: {}, {}: {}\n", alike.second.empty() ? "Edited" : "Alike", markdown(students_of(alike)),
                       markdown(alike.what), markdown(alike.reason));
  }
  for (const std::string& note : result.notes) out += fmt::format("- {}\n", markdown(note));
  return out;
}

// Escapes of the runner's workflow commands: "%", CR and LF, and in properties ":" and ",".
std::string command_text(std::string_view text, bool property) {
  std::string out;
  for (const char c : shown(text)) {
    if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','))) {
      out += fmt::format("%{:02X}", static_cast<int>(c));
    } else {
      out += c;
    }
  }
  return out;
}

std::string annotation_of(const marks::ClassResult& result, const marks::StudentResult& student) {
  const bool open = student.status == marks::Status::inconclusive;
  std::string place;
  if (const marks::CheckMark* check = deciding_check(student)) {
    const auto use = std::find_if(result.scenarios.begin(), result.scenarios.end(),
                                  [&](const marks::ScenarioUse& s) { return s.name == check->scenario; });
    if (use != result.scenarios.end()) {
      place = fmt::format("file={},", command_text(use->file, true));
      if (check->line > 0) place += fmt::format("line={},", check->line);
    }
  }
  const std::string title =
      fmt::format("{}: {} points, {}", name_of(student.student), points_of(student), marks::to_string(student.status));
  return fmt::format("::{} {}title={}::{}\n", open ? "warning" : "error", place, command_text(title, true),
                     command_text(student.reason, false));
}

}  // namespace

std::string github_summary(const marks::ClassResult& result) {
  std::string head = "## Grading";
  for (std::size_t i = 0; i < result.scenarios.size(); ++i) {
    head += (i == 0 ? ": " : ", ") + markdown(result.scenarios[i].name);
  }
  head += "\n\n" + totals_text(result) + "\n\n";
  const std::string remarks = remarks_of(result);
  std::string out = head;
  const std::vector<const marks::StudentResult*> troubled = worst_first(result);
  if (!troubled.empty()) out += "### Not passed\n\n" + table_of(troubled, summary_budget / 2) + "\n";
  if (!remarks.empty() && out.size() + remarks.size() < summary_budget - 1000) out += "### Notes\n\n" + remarks + "\n";

  std::vector<const marks::StudentResult*> all;
  for (const marks::StudentResult& student : result.students) all.push_back(&student);
  const std::string everyone =
      "<details><summary>Everyone</summary>\n\n" + table_of(all, summary_budget) + "\n</details>\n";
  if (!all.empty() && out.size() + everyone.size() <= summary_budget) out += everyone;
  return out;
}

std::string github_annotations(const marks::ClassResult& result) {
  const std::vector<const marks::StudentResult*> students = worst_first(result);
  const std::size_t each = students.size() <= most_annotations ? students.size() : most_annotations - 1;
  std::string out;
  for (std::size_t i = 0; i < each; ++i) out += annotation_of(result, *students[i]);
  if (students.size() > each) {
    out += fmt::format("::error title=Grading::…and {} who did not pass\n",
                       counted(students.size() - each, "more student", "more students"));
  }
  return out;
}

}  // namespace echolab::report

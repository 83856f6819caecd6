#include "lab/submission/roster.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "lab/base/cp949.h"
#include "lab/base/diagnostic.h"
#include "lab/base/file.h"
#include "lab/base/text.h"
#include "lab/base/unicode.h"
#include "lab/scenario/source_text.h"
#include "lab/submission/csv.h"
#include "lab/submission/roster_columns.h"

namespace echolab::submission {

namespace {

constexpr std::size_t most_bytes = std::size_t{16} << 20;
constexpr std::size_t most_mistakes = 100;  // told; a file with more is another file

[[noreturn]] void refuse_whole(const std::string& name, std::string message, std::string hint) {
  throw InvalidInput(name, "", {{{0, 0, 0}, std::move(message), std::move(hint)}});
}

std::string decode(const std::string& name, std::string_view bytes) {
  if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff")) {
    refuse_whole(name, "the roster is in UTF-16", "save it as 'CSV UTF-8'");
  }
  if (bytes.starts_with("PK\x03\x04")) {
    refuse_whole(name, "the roster is a spreadsheet's own format", "save it as 'CSV UTF-8'");
  }
  if (bytes.find('\0') != std::string_view::npos) {
    refuse_whole(name, "the roster holds a NUL byte: it is no text", "save it as 'CSV UTF-8'");
  }
  std::string text;
  if (is_utf8(bytes)) {
    text = bytes;
  } else if (auto decoded = from_cp949(bytes)) {
    text = std::move(*decoded);
  } else {
    refuse_whole(name, "the roster is neither UTF-8 nor CP949", "save it as 'CSV UTF-8'");
  }
  // Spreadsheets on old Macs ended lines with a carriage return alone.
  if (text.find('\n') == std::string::npos) std::replace(text.begin(), text.end(), '\r', '\n');
  return text;
}

// Why the text can't name files and labels; empty when it can.
std::string fault_of_id(std::string_view id) {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  };
  if (id.size() > 64) return "has more than 64 characters";
  if (!std::all_of(id.begin(), id.end(), good)) return "has characters other than letters, digits, '.', '_' and '-'";
  if (id.front() == '.' || id.front() == '-') return fmt::format("begins with '{}'", id.front());
  return {};
}

bool is_hangul(std::string_view text) {
  return text.find_first_of("\xea\xeb\xec\xed") != std::string_view::npos;
}

class RosterReader {
 public:
  RosterReader(const std::string& name, std::string_view bytes)
      : name_(name), source_(decode(name, bytes)), csv_(read_csv(source_.text())) {}

  std::vector<marks::Student> read() {
    const auto header =
        std::find_if(csv_.rows.begin(), csv_.rows.end(), [](const CsvRow& row) { return !row.blank(); });
    if (header == csv_.rows.end()) {
      refuse_whole(name_, "the roster is empty", "its first line names the columns: 학번, 이름, 학과");
    }
    columns_ = find_columns(*header, csv_.mistakes);
    std::vector<marks::Student> students;
    for (auto row = header + 1; row != csv_.rows.end() && columns_[Field::id]; ++row) {
      if (row->blank() || is_points_row(*row)) continue;
      if (!check_width(*row, header->cells.size())) continue;
      marks::Student student = student_of(*row);
      if (check_id(*row, student)) students.push_back(std::move(student));
    }
    if (students.empty() && csv_.mistakes.empty()) mistake(header->cells.front(), "the roster lists nobody", "");
    if (!csv_.mistakes.empty()) refuse();
    return students;
  }

 private:
  const std::string& cell(const CsvRow& row, Field field) const {
    static const std::string none;
    const auto column = columns_[field];
    return column && *column < row.cells.size() ? row.cells[*column].text : none;
  }
  void mistake(const CsvCell& at, std::string message, std::string hint) {
    csv_.mistakes.push_back({at.offset, std::max<std::size_t>(1, at.length), std::move(message), std::move(hint)});
  }

  // Canvas writes a line with what each assignment is worth, and a student to try things with: neither has an id.
  bool is_points_row(const CsvRow& row) const {
    if (!cell(row, Field::id).empty()) return false;
    const std::string first = fold_case(row.cells.front().text);
    return first == "points possible" || first == "student, test" || first == "test student";
  }

  bool check_width(const CsvRow& row, std::size_t expected) {
    const std::size_t got = row.cells.size();
    if (got < expected) {
      mistake(row.cells.back(),
              fmt::format("this line has {}, the header has {}", counted(got, "cell", "cells"), expected),
              "a cell that is empty still needs its separator");
      return false;
    }
    const auto extra = std::find_if(row.cells.begin() + static_cast<std::ptrdiff_t>(expected), row.cells.end(),
                                    [](const CsvCell& each) { return !each.text.empty(); });
    if (extra == row.cells.end()) return true;
    mistake(*extra, fmt::format("this line has {}, the header has {}", counted(got, "cell", "cells"), expected),
            fmt::format("a cell that holds '{}' stands in quotes",
                        csv_.separator == '\t' ? "a tab" : std::string(1, csv_.separator)));
    return false;
  }

  marks::Student student_of(const CsvRow& row) const {
    const auto text = [&](Field field) { return to_nfc(cell(row, field)); };
    marks::Student student{text(Field::id), text(Field::name), text(Field::department), text(Field::email),
                           text(Field::section)};
    const std::string family = text(Field::family_name);
    const std::string given = student.name.empty() ? text(Field::given_name) : student.name;
    if (!family.empty() || student.name.empty()) {
      student.name = is_hangul(family) || given.empty() ? family + given
                     : family.empty()                   ? given
                                                        : given + " " + family;
    }
    return student;
  }

  bool check_id(const CsvRow& row, const marks::Student& student) {
    const CsvCell& where = row.cells[*columns_[Field::id]];
    if (student.id.empty()) {
      mistake(where.length > 0 ? where : row.cells.front(), "this line has no id", "every student needs one");
      return false;
    }
    if (const std::string fault = fault_of_id(student.id); !fault.empty()) {
      const bool is_number = student.id.find("E+") != std::string::npos;
      mistake(where, fmt::format("the id '{}' {}", student.id, fault),
              is_number ? "a spreadsheet made a number of it: give the column the format 'text'"
                        : "ids name files and folders");
      return false;
    }
    const auto [first, is_new] = lines_.try_emplace(fold_case(student.id), student.id, where.offset);
    if (is_new) return true;
    const bool same = first->second.first == student.id;
    mistake(where,
            fmt::format("the id '{}' {} in line {}", student.id,
                        same ? "is also" : "differs only in case from '" + first->second.first + "'",
                        source_.line_of(first->second.second)),
            "ids name files and folders: each stands once");
    return false;
  }

  [[noreturn]] void refuse() const {
    std::vector<Diagnostic> diagnostics;
    for (const CsvMistake& mistake : csv_.mistakes) {
      if (diagnostics.size() == most_mistakes) break;
      diagnostics.push_back({source_.span(mistake.offset, mistake.length), mistake.message, mistake.hint});
    }
    if (csv_.mistakes.size() > most_mistakes) {
      diagnostics.push_back({{0, 0, 0},
                             fmt::format("{} more mistakes", with_thousands(csv_.mistakes.size() - most_mistakes)),
                             "is this the roster?"});
    }
    throw InvalidInput(name_, source_.text(), std::move(diagnostics));
  }

  std::string name_;
  scenario::SourceText source_;
  Csv csv_;
  Columns columns_;
  std::map<std::string, std::pair<std::string, std::size_t>> lines_;  // folded id: as written, where
};

}  // namespace

std::vector<marks::Student> load_roster(const std::filesystem::path& file) {
  return parse_roster(file.string(), read_file(file, most_bytes));
}

std::vector<marks::Student> parse_roster(const std::string& name, std::string_view bytes) {
  return RosterReader(name, bytes).read();
}

}  // namespace echolab::submission

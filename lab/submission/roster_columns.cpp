#include "lab/submission/roster_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lab/base/text.h"
#include "lab/base/unicode.h"

namespace echolab::submission {

namespace {

struct Synonym {
  std::string_view name;  // folded, without spaces and punctuation
  Field field;
  int rank = 0;  // lower is better
};

// Spreadsheets of Korean universities, Canvas, Moodle, Blackboard.
constexpr std::array synonyms{
    Synonym{"학번", Field::id},
    Synonym{"학생번호", Field::id},
    Synonym{"studentid", Field::id},
    Synonym{"studentnumber", Field::id},
    Synonym{"studentno", Field::id},
    Synonym{"sisuserid", Field::id},
    Synonym{"idnumber", Field::id},
    Synonym{"고유번호", Field::id, 1},
    Synonym{"id", Field::id, 1},
    Synonym{"sisloginid", Field::id, 2},
    Synonym{"username", Field::id, 2},
    Synonym{"아이디", Field::id, 2},
    Synonym{"이름", Field::name},
    Synonym{"성명", Field::name},
    Synonym{"학생명", Field::name},
    Synonym{"학생이름", Field::name},
    Synonym{"name", Field::name},
    Synonym{"fullname", Field::name},
    Synonym{"studentname", Field::name},
    Synonym{"student", Field::name, 1},
    Synonym{"firstname", Field::given_name},
    Synonym{"givenname", Field::given_name},
    Synonym{"lastname", Field::family_name},
    Synonym{"surname", Field::family_name},
    Synonym{"familyname", Field::family_name},
    Synonym{"성", Field::family_name},
    Synonym{"학과", Field::department},
    Synonym{"학부", Field::department, 1},
    Synonym{"전공", Field::department, 1},
    Synonym{"소속", Field::department, 1},
    Synonym{"소속학과", Field::department},
    Synonym{"학과명", Field::department},
    Synonym{"department", Field::department},
    Synonym{"major", Field::department, 1},
    Synonym{"이메일", Field::email},
    Synonym{"전자우편", Field::email},
    Synonym{"메일", Field::email},
    Synonym{"email", Field::email},
    Synonym{"emailaddress", Field::email},
    Synonym{"mail", Field::email},
    Synonym{"분반", Field::section},
    Synonym{"반", Field::section},
    Synonym{"section", Field::section},
    Synonym{"class", Field::section, 1},
    Synonym{"group", Field::section, 1},
};

// "Student ID", "student_id", "학번(ID)" and "E-mail" as studentid, studentid, 학번 and email.
std::string plain(std::string_view name) {
  std::string folded = fold_case(name.substr(0, name.find('(')));
  std::erase_if(folded, [](char c) { return c == ' ' || c == '_' || c == '-' || c == '.' || c == '*' || c == ':'; });
  return folded;
}

const Synonym* find_synonym(std::string_view header) {
  const std::string name = plain(header);
  const auto found =
      std::find_if(synonyms.begin(), synonyms.end(), [&](const Synonym& synonym) { return synonym.name == name; });
  return found != synonyms.end() ? &*found : nullptr;
}

std::string names_of(const CsvRow& header) {
  std::string names;
  for (const CsvCell& cell : header.cells) {
    if (!cell.text.empty()) names += (names.empty() ? "'" : ", '") + escape_for_terminal(cell.text) + "'";
  }
  return cut_to_width(names, 120);
}

}  // namespace

Columns find_columns(const CsvRow& header, std::vector<CsvMistake>& mistakes) {
  Columns columns;
  int ranks[field_count] = {};
  for (std::size_t i = 0; i < header.cells.size(); ++i) {
    const CsvCell& cell = header.cells[i];
    const Synonym* const synonym = find_synonym(cell.text);
    if (synonym == nullptr) continue;
    const auto field = static_cast<std::size_t>(synonym->field);
    std::optional<std::size_t>& column = columns.of[field];
    if (!column || synonym->rank < ranks[field]) {
      column = i;
      ranks[field] = synonym->rank;
    } else if (synonym->rank == ranks[field]) {
      mistakes.push_back({cell.offset, std::max<std::size_t>(1, cell.length),
                          fmt::format("columns {} '{}' and {} '{}' mean the same", *column + 1,
                                      header.cells[*column].text, i + 1, cell.text),
                          "rename the one that is not meant"});
    }
  }
  if (!columns[Field::id]) {
    mistakes.push_back({header.offset, 1, "no column holds the student ids",
                        fmt::format("name it 학번 or 'student id'; the columns are {}", names_of(header))});
  }
  return columns;
}

}  // namespace echolab::submission

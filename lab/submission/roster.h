#pragma once
// The class list, as a spreadsheet or a learning management system exports it.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "lab/marks/student.h"

namespace echolab::submission {

// CSV (RFC 4180) with a header line, separated by ',' ';' or tab, in UTF-8 with or without BOM, or CP949. Columns are
// found by their names in English or Korean (id: 학번, student id, SIS User ID…; name: 이름, 성명; department: 학과;
// e-mail: 이메일; section: 분반), in any order; others are ignored. Only the id is required. All mistakes at once, with
// their lines: missing, repeated or unusable ids, lines with too few or too many cells, two columns of one meaning.
// Throws InvalidInput, and EnvironmentError when the file can't be read or has more than 16 MiB.
std::vector<marks::Student> load_roster(const std::filesystem::path& file);
std::vector<marks::Student> parse_roster(const std::string& name, std::string_view bytes);

}  // namespace echolab::submission

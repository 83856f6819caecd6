#pragma once
// What a roster's columns mean, by their names.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/submission/csv.h"

namespace echolab::submission {

enum class Field { id, name, given_name, family_name, department, email, section };
constexpr std::size_t field_count = 7;

struct Columns {
  std::optional<std::size_t> of[field_count];  // index of a cell
  std::optional<std::size_t> operator[](Field field) const { return of[static_cast<std::size_t>(field)]; }
};

// Some names are better than others: Canvas has "ID", its own number, beside "SIS User ID". Two columns whose names are
// equally good are a mistake, and so is a header without an id.
Columns find_columns(const CsvRow& header, std::vector<CsvMistake>& mistakes);

}  // namespace echolab::submission

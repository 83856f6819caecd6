#pragma once
// Words, order and escapes that all reports about a class share.

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "lab/marks/class_result.h"
#include "lab/report/table.h"

namespace echolab::report {

// Text that students can have had a hand in, for any report: controls, bytes that are no UTF-8 and changes of direction
// are visible, so what is left to each format is its own punctuation. "##[" is parted: GitHub's runner takes
// "##[command]" for a command anywhere in a line that is printed.
std::string shown(std::string_view text);

std::string name_of(const marks::Student& student);         // "20261234 홍길동", not escaped
std::string points_text(double points);                     // "7", "2.5"
std::string points_of(const marks::StudentResult& result);  // "7/10", "7…9/10" while 2 are open
std::string evidence_text(const verify::Evidence& evidence);
std::string students_of(const marks::Alike& alike);  // "20260001 and 20260007"; one alone whose file was edited
std::string limit_text(const marks::LimitHit& hit);  // "memory limit in server: killed at 256 MiB"

std::string_view status_word(marks::Status status);  // "PASSED"
Emphasis emphasis_of(marks::Status status);

inline constexpr std::array statuses{marks::Status::passed, marks::Status::failed, marks::Status::missing,
                                     marks::Status::inconclusive};
std::size_t count_of(const marks::ClassResult& result, marks::Status status);
// "12 students: 8 passed, 3 failed, 1 inconclusive"
std::string totals_text(const marks::ClassResult& result);

// Who did not pass: missing, then failed with the fewest points first, then inconclusive; else in the roster's order.
std::vector<const marks::StudentResult*> worst_first(const marks::ClassResult& result);

// Whether a check cost points or would have: what explains a mark.
bool is_trouble(const marks::CheckMark& mark);
// The check that gave the student's reason; null for none.
const marks::CheckMark* deciding_check(const marks::StudentResult& result);

}  // namespace echolab::report

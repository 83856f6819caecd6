#pragma once
// A class's results in the formats that other systems read. Formatting only; text that students control is escaped for
// each format (docs/grading.md, "Reports").

#include <string>

#include "lab/marks/class_result.h"
#include "lab/report/table.h"

namespace echolab::report {

// For people: one line per student, then what failed and why, limits, pairs that are alike, and totals.
std::string render_class(const marks::ClassResult& result, const Style& style);
std::string render_student(const marks::StudentResult& result, const Style& style);

// JUnit XML that GitLab, GitHub actions and Jenkins read: a suite per scenario, classname "<scenario>.<id>", one case
// per check; failed: <failure>, inconclusive: <error>, not_run: <skipped>.
std::string junit_xml(const marks::ClassResult& result);

// Markdown for GITHUB_STEP_SUMMARY, at most 900 KB; only what failed when it would be longer.
std::string github_summary(const marks::ClassResult& result);
// Workflow commands "::error …::…", the worst first, at most ten.
std::string github_annotations(const marks::ClassResult& result);

// results.json of one student for Gradescope's autograder.
std::string gradescope_json(const marks::StudentResult& result);

// Gradebook of Canvas: Student,ID,SIS User ID,SIS Login ID,Section,<assignment>.
std::string canvas_csv(const marks::ClassResult& result, const std::string& assignment);
// 학번,이름,학과,분반,점수,만점,상태,비고; UTF-8 with BOM.
std::string gradebook_csv(const marks::ClassResult& result);
// One line per check: id,scenario,check,points,most,outcome,evidence,message; UTF-8 with BOM.
std::string checks_csv(const marks::ClassResult& result);

}  // namespace echolab::report

#pragma once
// A class's results in the formats that other systems read. Formatting only; text that students control is escaped for
// each format (docs/grading.md, "Reports").

#include <string>

#include "lab/marks/class_result.h"
#include "lab/report/table.h"

namespace echolab::report {

// For people: one line per student, then what failed and why, limits, pairs that are alike, and totals. Safe to print where
// a GitHub runner reads along.
std::string render_class(const marks::ClassResult& result, const Style& style);
std::string render_student(const marks::StudentResult& result, const Style& style);

// JUnit XML that GitLab, GitHub actions and Jenkins read: a suite per scenario, classname "<scenario>.<id>", one case
// per check; failed: <failure>, inconclusive: <error>, not_run: <skipped>. A warning that failed is a case that passed with
// a remark. A student without any check has one case in the suite "submissions". With `folder`, where the students' folders
// lie as seen from the project's, cases that did not pass show the student's picture in GitLab.
std::string junit_xml(const marks::ClassResult& result, const std::string& folder = {});

// Markdown for GITHUB_STEP_SUMMARY, at most 900 KB; only what failed when it would be longer.
std::string github_summary(const marks::ClassResult& result);
// Workflow commands "::error …::…", one per student who did not pass, the worst first, at most ten.
std::string github_annotations(const marks::ClassResult& result);

// results.json of one student for Gradescope's autograder. What could not be judged has no score, rather than 0.
std::string gradescope_json(const marks::StudentResult& result);

// All CSV: RFC 4180, CRLF. A cell that a spreadsheet would take for a formula begins with "'". A mark that is not
// complete is left empty.
//
// Gradebook of Canvas: Student,ID,SIS User ID,SIS Login ID,Section,<assignment>; ours is the SIS user id. With
// "Title (1234)" Canvas takes its assignment 1234, else the one of that title or a new one.
std::string canvas_csv(const marks::ClassResult& result, const std::string& assignment);
// 학번,이름,학과,분반,점수,만점,상태,비고; UTF-8 with BOM.
std::string gradebook_csv(const marks::ClassResult& result);
// One line per check: id,scenario,check,points,most,outcome,evidence,message; UTF-8 with BOM.
std::string checks_csv(const marks::ClassResult& result);

// One page without scripts or other files, for a browser or a phone: totals, how the points lie, and every student, who
// did not pass first, with links to <id>/<id>.png and <id>/<id>.pcapng beside it.
std::string class_html(const marks::ClassResult& result);

}  // namespace echolab::report

#pragma once
// The folder of a batch as a whole: what all students got, and the reports that are made of it.

#include <filesystem>
#include <string>
#include <vector>

#include "lab/grade/batch_record.h"
#include "lab/marks/class_result.h"

namespace echolab::grade {

// Reads every student's result.json; students who are not graded yet are left out, and a note says how many. The result is
// for_class() of each. Throws EnvironmentError.
marks::ClassResult collect_class(const std::filesystem::path& folder, const BatchRecord& batch);

// results.json, class.html, junit.xml, gradebook.csv, canvas.csv, checks.csv, summary.md, and gradescope/<id>.json, each
// whole or not at all.
// `seen_from`: the folder as named from a GitLab project's, so that its test reports show pictures; empty: no GitLab.
void write_reports(const std::filesystem::path& folder, const marks::ClassResult& result,
                   const std::string& seen_from = {});

}  // namespace echolab::grade

#include "lab/grade/class_folder.h"

#include <fmt/format.h>

#include "lab/base/file.h"
#include "lab/base/text.h"
#include "lab/copies/find_copies.h"
#include "lab/marks/for_class.h"
#include "lab/report/class_reports.h"
#include "lab/submission/intake.h"

namespace echolab::grade {

marks::ClassResult collect_class(const std::filesystem::path& folder, const BatchRecord& batch) {
  marks::ClassResult result;
  result.batch = batch.digest();
  result.seed = batch.seed;
  result.tool_version = batch.tool_version;
  for (const BatchScenario& scenario : batch.scenarios) {
    result.scenarios.push_back(
        {scenario.name, std::filesystem::path(scenario.file).filename().string(), scenario.sha256});
  }
  std::size_t missing = 0;
  std::vector<copies::Work> works;
  for (const marks::Student& student : batch.students) {
    const auto place = folder / student.id;
    if (!std::filesystem::exists(place / "result.json")) {
      ++missing;
      continue;
    }
    const auto graded = marks::student_result_from_json(read_file(place / "result.json"));
    result.students.push_back(marks::for_class(graded));
    works.push_back({student.id, place / "submission"});
  }
  if (missing > 0) result.notes.push_back(counted(missing, "student is", "students are") + " not graded yet");
  if (std::filesystem::is_directory(batch.submissions)) {
    for (const std::string& name : submission::unclaimed(batch.submissions, batch.students)) {
      result.notes.push_back("belongs to nobody in the roster: " + escape_for_terminal(name));
    }
  }
  result.alike = copies::find_copies(works);
  return result;
}

void write_reports(const std::filesystem::path& folder, const marks::ClassResult& result,
                   const std::string& seen_from) {
  write_file_atomically(folder / "results.json", marks::to_json(result));
  write_file_atomically(folder / "class.html", report::class_html(result));
  write_file_atomically(folder / "junit.xml", report::junit_xml(result, seen_from));
  write_file_atomically(folder / "gradebook.csv", report::gradebook_csv(result));
  std::string assignment;
  for (const marks::ScenarioUse& scenario : result.scenarios)
    assignment += (assignment.empty() ? "" : "+") + scenario.name;
  write_file_atomically(folder / "canvas.csv", report::canvas_csv(result, assignment));
  write_file_atomically(folder / "checks.csv", report::checks_csv(result));
  write_file_atomically(folder / "summary.md", report::github_summary(result));
  create_folders(folder / "gradescope");
  for (const marks::StudentResult& student : result.students) {
    write_file_atomically(folder / "gradescope" / (student.student.id + ".json"), report::gradescope_json(student));
  }
}

}  // namespace echolab::grade

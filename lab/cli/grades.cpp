// What is done with the folder that `grade` wrote.

#include <fmt/format.h>

#include "lab/base/diagnostic.h"
#include "lab/base/error.h"
#include "lab/base/json.h"
#include "lab/base/text.h"
#include "lab/cli/commands.h"
#include "lab/grade/class_folder.h"
#include "lab/grade/fetch.h"
#include "lab/grade/regrade.h"
#include "lab/report/table.h"
#include "lab/scenario/load.h"

namespace echolab::cli {

namespace {

using Json = nlohmann::ordered_json;

const marks::CheckMark* find_mark(const marks::StudentResult& result, const marks::CheckMark& like) {
  for (const marks::CheckMark& mark : result.checks) {
    if (mark.scenario == like.scenario && mark.check == like.check) return &mark;
  }
  return nullptr;
}

std::string points_of(const marks::CheckMark* mark) {
  return mark == nullptr ? "-" : fmt::format("{:g}/{:g}", mark->points, mark->most);
}

// "echoes_match 0/2 → 2/2"
std::vector<std::string> changed_checks(const grade::Change& change) {
  std::vector<std::string> texts;
  for (const marks::CheckMark& after : change.after.checks) {
    const std::string before = points_of(find_mark(change.before, after));
    if (before != points_of(&after)) texts.push_back(fmt::format("{} {} → {}", after.check, before, points_of(&after)));
  }
  for (const marks::CheckMark& before : change.before.checks) {
    if (find_mark(change.after, before) == nullptr) {
      texts.push_back(fmt::format("{} {} → -", before.check, points_of(&before)));
    }
  }
  return texts;
}

std::string render_changes(const std::vector<grade::Change>& changes, const report::Style& style) {
  using Align = report::Table::Align;
  report::Table table(
      {{"student"}, {"name"}, {"before", Align::right}, {"after", Align::right}, {"because of", Align::left, 100}});
  for (const grade::Change& change : changes) {
    if (!change.differs()) continue;
    table.add_row({{change.before.student.id},
                   {change.before.student.name},
                   {fmt::format("{:g}/{:g}", change.before.points, change.before.most)},
                   {fmt::format("{:g}/{:g}", change.after.points, change.after.most),
                    change.after.points < change.before.points ? report::Emphasis::bad : report::Emphasis::good},
                   {fmt::format("{}", fmt::join(changed_checks(change), ", "))}});
  }
  return table.empty() ? "nobody's marks change\n" : table.render(style);
}

std::string changes_json(const std::vector<grade::Change>& changes, bool applied) {
  Json json{{"schema", "echolab.regrade/v1"}, {"applied", applied}, {"students", changes.size()}};
  json["changes"] = Json::array();
  for (const grade::Change& change : changes) {
    if (!change.differs()) continue;
    json["changes"].push_back(
        {{"student", change.before.student.id},
         {"before",
          {{"points", change.before.points},
           {"most", change.before.most},
           {"status", to_string(change.before.status)}}},
         {"after",
          {{"points", change.after.points}, {"most", change.after.most}, {"status", to_string(change.after.status)}}},
         {"checks", changed_checks(change)}});
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

ExitCode regrade(const RegradeOptions& options, Terminal& terminal) {
  const grade::BatchRecord batch = grade::read_batch(options.batch);
  std::vector<scenario::Scenario> scenarios;
  for (const auto& file : options.scenarios) scenarios.push_back(scenario::load_file(file));
  const std::vector<grade::Change> changes = grade::regrade(options.batch, batch, scenarios);
  if (options.apply) {
    grade::apply(options.batch, batch, scenarios, changes);
    grade::write_reports(options.batch, grade::collect_class(options.batch, grade::read_batch(options.batch)));
  }
  if (terminal.json()) {
    terminal.print(changes_json(changes, options.apply));
    return exit_passed;
  }
  terminal.print(render_changes(changes, terminal.out_style()));
  const auto different =
      std::count_if(changes.begin(), changes.end(), [](const auto& change) { return change.differs(); });
  terminal.print(fmt::format("{} of {} change{}\n", different, counted(changes.size(), "student", "students"),
                             options.apply    ? "; written"
                             : different == 0 ? ""
                                              : "; nothing was written (--apply does)"));
  return exit_passed;
}

ExitCode fetch(const FetchOptions& options, Terminal& terminal) {
  if (options.students.empty() == !options.all) {
    throw InvalidInput("fetch", "", {{{}, options.all ? "student ids and --all" : "no student", "name ids, or --all"}});
  }
  const auto students = options.all ? grade::graded_students(options.from) : options.students;
  const std::vector<grade::FetchedFile> files = grade::find_files(options.from, students);
  if (options.archive.empty()) {
    grade::copy_files(files, options.to);
  } else {
    grade::archive_files(files, options.archive);
  }
  if (terminal.json()) {
    Json json{{"schema", "echolab.fetch/v1"}, {"files", Json::array()}};
    for (const auto& file : files) json["files"].push_back({{"student", file.student}, {"file", file.name}});
    terminal.print(json.dump(2) + "\n");
  } else {
    const auto place = options.archive.empty() ? options.to : options.archive;
    terminal.print(fmt::format("{} of {} in {}\n", counted(files.size(), "file", "files"),
                               counted(students.size(), "student", "students"), escape_for_terminal(place.string())));
  }
  return files.empty() ? exit_nothing_ran : exit_passed;
}

}  // namespace echolab::cli

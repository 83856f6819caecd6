#include "lab/grade/regrade.h"

#include <fmt/format.h>

#include <algorithm>

#include "lab/artifacts/run_folder.h"
#include "lab/base/diagnostic.h"
#include "lab/base/error.h"
#include "lab/base/file.h"
#include "lab/base/hash.h"
#include "lab/grade/hand_in_marks.h"
#include "lab/grade/journal.h"
#include "lab/grade/own_endings.h"
#include "lab/grade/student_files.h"
#include "lab/marks/marking.h"
#include "lab/verify/verify.h"

namespace echolab::grade {

namespace {

namespace fs = std::filesystem;

std::optional<fs::path> first_existing(const fs::path& folder, const std::string& stem,
                                       std::initializer_list<const char*> extensions) {
  for (const char* const extension : extensions) {
    if (fs::exists(folder / (stem + extension))) return folder / (stem + extension);
  }
  return {};
}

// A check that was never planned has no findings: groups that it names must have run.
void require_same_lab(const scenario::Scenario& wanted, const scenario::Scenario& stored) {
  const auto names = [](const scenario::Scenario& s) {
    std::vector<std::string> all;
    for (const auto& server : s.servers) all.push_back(server.name);
    for (const auto& group : s.clients) all.push_back(fmt::format("{} x{}", group.name, group.containers));
    return all;
  };
  if (names(wanted) == names(stored)) return;
  throw InvalidInput(wanted.file, wanted.source,
                     {{{},
                       "its servers and clients are not those that ran",
                       "only checks, points and hand-ins can be changed without running again"}});
}

class Regrader {
 public:
  Regrader(const fs::path& folder, const std::vector<scenario::Scenario>& scenarios)
      : folder_(folder), scenarios_(scenarios) {}

  marks::StudentResult regrade(const marks::StudentResult& before) const {
    marks::StudentResult after = before;
    after.checks.clear();
    for (const scenario::Scenario& scenario : scenarios_) {
      if (!scenario.clients.empty()) add_run(scenario, before, after);
      const fs::path handed_in = folder_ / after.student.id / "submission";
      const auto marks =
          hand_in_marks(scenario, after.student, first_existing(handed_in, after.student.id, {".pcapng", ".pcap"}),
                        first_existing(handed_in, after.student.id, {".png"}));
      after.checks.insert(after.checks.end(), marks.begin(), marks.end());
    }
    marks::sum_up(after);
    if (before.status == marks::Status::missing && after.status == marks::Status::failed) {
      marks::sum_up_missing(after, before.reason);
    }
    return after;
  }

 private:
  void add_run(const scenario::Scenario& scenario, const marks::StudentResult& before,
               marks::StudentResult& after) const {
    const auto refused = std::find_if(before.refused.begin(), before.refused.end(),
                                      [&](const auto& refusal) { return refusal.scenario == scenario.name; });
    const std::string relative = "runs/" + scenario.name;
    const fs::path place = folder_ / before.student.id / relative;
    std::vector<marks::CheckMark> marks;
    if (refused != before.refused.end()) {
      marks = marks::unjudged(scenario.name, scenario.checks, verify::Outcome::failed, refused->reason);
    } else if (fs::exists(place / "plan.json")) {
      artifacts::RunFolder run = artifacts::read_run_folder(place);
      if (!run.damaged.empty()) {
        throw EnvironmentError("judge " + place.string() + " again", run.damaged.front() + " was changed since it ran",
                               "grade this student again: echolab grade --resume --only " + before.student.id);
      }
      run.plan.checks = scenario.checks;
      marks = marks::marks_of(scenario.name, scenario.checks, verify::verify_run(run), relative);
      explain_failures(marks, own_endings(run));
    } else {
      marks = marks::unjudged(scenario.name, scenario.checks, verify::Outcome::inconclusive, before.reason);
    }
    after.checks.insert(after.checks.end(), marks.begin(), marks.end());
  }

  const fs::path& folder_;
  const std::vector<scenario::Scenario>& scenarios_;
};

}  // namespace

bool Change::differs() const {
  if (before.points != after.points || before.open != after.open || before.most != after.most ||
      before.status != after.status || before.checks.size() != after.checks.size()) {
    return true;
  }
  return !std::equal(before.checks.begin(), before.checks.end(), after.checks.begin(),
                     [](const auto& a, const auto& b) {
                       return a.check == b.check && a.outcome == b.outcome && a.points == b.points && a.most == b.most;
                     });
}

std::vector<Change> regrade(const fs::path& folder, const BatchRecord& batch,
                            const std::vector<scenario::Scenario>& scenarios) {
  std::vector<scenario::Scenario> all = stored_scenarios(folder, batch);
  for (const scenario::Scenario& wanted : scenarios) {
    const auto stored = std::find_if(all.begin(), all.end(), [&](const auto& s) { return s.name == wanted.name; });
    if (stored == all.end()) {
      throw InvalidInput(wanted.file, wanted.source,
                         {{{}, fmt::format("the batch has no scenario named '{}'", wanted.name), ""}});
    }
    require_same_lab(wanted, *stored);
    *stored = wanted;
  }
  const Regrader regrader(folder, all);
  std::vector<Change> changes;
  for (const marks::Student& student : batch.students) {
    const fs::path file = folder / student.id / "result.json";
    if (!fs::exists(file)) continue;
    Change change{marks::student_result_from_json(read_file(file)), {}};
    change.after = regrader.regrade(change.before);
    changes.push_back(std::move(change));
  }
  return changes;
}

void apply(const fs::path& folder, const BatchRecord& batch, const std::vector<scenario::Scenario>& scenarios,
           const std::vector<Change>& changes) {
  Journal journal(folder / "journal");
  for (const Change& change : changes) {
    if (!change.differs()) continue;
    const fs::path place = folder / change.before.student.id;
    int number = 1;
    while (fs::exists(place / fmt::format("result.before-{}.json", number))) ++number;
    write_file_atomically(place / fmt::format("result.before-{}.json", number), read_file(place / "result.json"));
    const std::string text = marks::to_json(change.after);
    write_file_atomically(place / "result.json", text);
    write_student_manifest(place, batch, change.after.student, images_in_manifest(place));
    journal.finished(change.after.student.id, sha256_hex(text));
  }
  replace_scenarios(folder, batch, scenarios);
}

}  // namespace echolab::grade

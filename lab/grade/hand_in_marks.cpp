#include "lab/grade/hand_in_marks.h"

#include "lab/grade/batch_record.h"
#include "lab/marks/marking.h"
#include "lab/submission/hand_in.h"

namespace echolab::grade {

std::vector<marks::CheckMark> hand_in_marks(const scenario::Scenario& scenario, const marks::Student& student,
                                            const std::optional<std::filesystem::path>& capture,
                                            const std::optional<std::filesystem::path>& picture) {
  std::vector<marks::CheckMark> marks;
  if (!scenario.submission) return marks;
  const scenario::Identity identity = identity_of(student, "");
  const auto add = [&](const auto& asked, const auto& file, auto judge) {
    if (!asked) return;
    const std::string name = file ? "submission/" + file->filename().string() : "";
    marks.push_back(marks::mark_of(scenario.name, *asked, judge(file, name, *asked, identity)));
  };
  add(scenario.submission->capture, capture, submission::judge_capture);
  add(scenario.submission->picture, picture, submission::judge_picture);
  return marks;
}

}  // namespace echolab::grade

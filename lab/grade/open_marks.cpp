#include "lab/grade/open_marks.h"

#include "lab/marks/marking.h"

namespace echolab::grade {

std::vector<marks::CheckMark> open_marks(const scenario::Scenario& scenario, const std::string& reason) {
  auto open = marks::unjudged(scenario.name, scenario.checks, verify::Outcome::inconclusive, reason);
  if (!scenario.submission) return open;
  const auto add = [&](const std::optional<scenario::HandIn>& asked, const char* check) {
    if (!asked) return;
    verify::Finding finding;
    finding.check = check;
    finding.outcome = verify::Outcome::inconclusive;
    finding.message = reason;
    open.push_back(marks::mark_of(scenario.name, *asked, finding));
  };
  add(scenario.submission->capture, "hand_in_capture");
  add(scenario.submission->picture, "hand_in_picture");
  return open;
}

}  // namespace echolab::grade

#pragma once
// From what a run showed to points: the only place that gives them.

#include <string>
#include <vector>

#include "lab/marks/class_result.h"
#include "lab/plan/plan.h"

namespace echolab::marks {

// One mark per check, in their order. `run_folder` is where the run lies in the student's folder; it is put before the
// names of evidence files.
std::vector<CheckMark> marks_of(const std::string& scenario, const std::vector<plan::Check>& checks,
                                const verify::Verdict& verdict, const std::string& run_folder);

// For a file that was handed in, whose finding names it as the student's folder has it.
CheckMark mark_of(const std::string& scenario, const scenario::HandIn& asked, const verify::Finding& finding);

// For checks that no run could be made for, all alike: failed when nothing usable was handed in, inconclusive when the
// machine is to blame.
std::vector<CheckMark> unjudged(const std::string& scenario, const std::vector<plan::Check>& checks,
                                verify::Outcome outcome, const std::string& message, const std::string& hint = {});

// Sets points, open, most, status and reason from the checks. One that was not run counts as refused where a check of the
// same scenario failed, since it rests on that; elsewhere it is open like an inconclusive one. The reason is the message
// of the worst check: the failed, inconclusive or not run one, in line with the status, that is worth most.
void sum_up(StudentResult& result);

// As sum_up, for a student of whom nothing, or nothing readable, was there.
void sum_up_missing(StudentResult& result, const std::string& reason);

}  // namespace echolab::marks

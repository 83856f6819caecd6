#pragma once
// From findings to points.

#include <string>
#include <vector>

#include "lab/marks/class_result.h"
#include "lab/scenario/scenario.h"
#include "lab/verify/finding.h"

namespace echolab::marks {

// One mark per check, in the checks' order (the rule is at CheckMark). A warning is worth nothing and costs nothing.
std::vector<CheckMark> marks_of(const std::string& scenario, const std::vector<scenario::Check>& checks,
                                const verify::Verdict& verdict);
// Of a finding that is judged without a run: a file that was handed in.
CheckMark mark_of(const std::string& scenario, std::size_t line, double points, const verify::Finding& finding);
// Every check failed, since there was nothing to run.
std::vector<CheckMark> marks_refused(const std::string& scenario, const std::vector<scenario::Check>& checks,
                                     const std::string& reason);
// Everything that the scenario asks is open, since the machine failed.
std::vector<CheckMark> marks_open(const scenario::Scenario& scenario, const std::string& reason);

// Sets points, open, most, status and reason from the checks.
void sum_up(StudentResult& result);

// For reports of a class: without what differs between two runs of the same work. Packet numbers, durations, addresses
// and ephemeral ports in sentences become "…", and evidence is left to result.json.
std::string without_run_facts(const std::string& sentence);
StudentResult for_class(StudentResult result);

}  // namespace echolab::marks

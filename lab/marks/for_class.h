#pragma once
// What reports of a class say of a student: nothing that differs between two runs of the same work.

#include <string>

#include "lab/marks/class_result.h"

namespace echolab::marks {

// Packet and line numbers, durations, addresses and ephemeral ports become "a packet", "a line", "…".
std::string without_run_facts(const std::string& sentence);
// Its sentences without run facts, and no evidence: that is in the student's own result.json.
StudentResult for_class(StudentResult result);

}  // namespace echolab::marks

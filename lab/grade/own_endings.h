#pragma once
// A server that ended by itself explains every echo that is missing: what the packets can't say.

#include <string>
#include <vector>

#include "lab/artifacts/run_folder.h"
#include "lab/marks/class_result.h"

namespace echolab::grade {

// "server ended by itself with exit status 1: 'OSError: …'", with what it wrote last, of every submitted server that was
// not there to the end and of every submitted client that failed. Empty: of none.
std::string own_endings(const artifacts::RunFolder& run);

// Puts it before the messages of checks that failed. It changes no outcome: it is the program's own word.
void explain_failures(std::vector<marks::CheckMark>& marks, const std::string& endings);

}  // namespace echolab::grade

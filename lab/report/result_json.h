#pragma once

#include <string>

#include "lab/artifacts/run_folder.h"
#include "lab/verify/finding.h"

namespace echolab::report {

// result.json and `echolab run --json`: the verdict, the clients, the checks with their counts and points, the evidence's
// state, and every finding that did not pass. Schema "echolab.result/v1" (docs/run-folder.md).
std::string result_json(const artifacts::RunFolder& run, const verify::Verdict& verdict);

}  // namespace echolab::report

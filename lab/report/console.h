#pragma once
// What a person reads at the end of a run: clients, checks, what failed and where to look, the verdict.

#include <string>

#include "lab/artifacts/run_folder.h"
#include "lab/report/table.h"
#include "lab/verify/finding.h"

namespace echolab::report {

std::string render_verdict(const artifacts::RunFolder& run, const verify::Verdict& verdict, const Style& style);
// `echolab plan` for people.
std::string render_plan(const plan::Plan& plan, const Style& style);

}  // namespace echolab::report

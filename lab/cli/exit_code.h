#pragma once
// What the exit status of `echolab` means; CI jobs and graders rely on it (docs/architecture.md).

#include "lab/verify/finding.h"

namespace echolab::cli {

enum ExitCode : int {
  exit_passed = 0,
  exit_failed = 1,       // the lab ran and the work is wrong
  exit_usage = 2,        // the scenario or the call is wrong
  exit_environment = 3,  // the machine can't
  exit_no_verdict = 4,   // the evidence is incomplete
  exit_nothing_ran = 5,
  exit_interrupted = 130,
};

constexpr ExitCode exit_code_of(verify::Outcome outcome) {
  switch (outcome) {
    case verify::Outcome::passed:
      return exit_passed;
    case verify::Outcome::failed:
      return exit_failed;
    case verify::Outcome::inconclusive:
      return exit_no_verdict;
    case verify::Outcome::not_run:
      return exit_nothing_ran;
  }
  return exit_nothing_ran;
}

}  // namespace echolab::cli

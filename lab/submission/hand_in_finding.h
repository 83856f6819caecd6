#pragma once

#include <string>

#include "lab/scenario/scenario.h"
#include "lab/verify/finding.h"

namespace echolab::submission {

// A failed finding about the student whose identity this is, with everything else still to be said.
inline verify::Finding hand_in_finding(std::string check, const scenario::Identity& identity) {
  verify::Finding finding;
  finding.check = std::move(check);
  finding.subject = "student";
  for (const auto& [variable, value] : identity) {
    if (variable == "student_id") finding.subject = value;
  }
  finding.outcome = verify::Outcome::failed;
  return finding;
}

}  // namespace echolab::submission

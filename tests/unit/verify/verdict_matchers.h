#pragma once

#include <string_view>

#include "lab/verify/verify.h"

namespace echolab::verify {

// The finding of this check about this subject; a finding without a check when there is none.
inline Finding finding_of(const Verdict& verdict, std::string_view check, std::string_view subject) {
  for (const Finding& finding : verdict.findings) {
    if (finding.check == check && finding.subject == subject) return finding;
  }
  return {};
}

inline Outcome outcome_of(const Verdict& verdict, std::string_view check, std::string_view subject) {
  return finding_of(verdict, check, subject).outcome;
}

inline bool cites_packet(const Finding& finding, std::uint64_t packet) {
  for (const Evidence& evidence : finding.evidence) {
    if (evidence.kind == Evidence::Kind::packet && evidence.number == packet) return true;
  }
  return false;
}

}  // namespace echolab::verify

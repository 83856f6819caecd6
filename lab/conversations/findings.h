#pragma once
// From facts to sentences and a verdict.

#include <string>
#include <vector>

#include "lab/conversations/conversation.h"

namespace echolab::conversations {

// Why the capture does not hold everything that was on the wire; empty: nothing says so.
struct Gaps {
  std::string at_the_end;  // it ends too early: what is missing may have come later
  std::string anywhere;    // packets are missing in between: any reply may answer a request that is missing
};

// Findings in the order of the conversations, and the outcome. Faults are ordered by conversation.
void tell_findings(CaptureVerdict& verdict, const std::vector<Fault>& faults, const Gaps& gaps, Nanoseconds timeout);

}  // namespace echolab::conversations

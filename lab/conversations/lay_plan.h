#pragma once
// A scenario's plan laid over what a capture shows, so that the judge of runs can apply the scenario's checks to it.

#include <string>
#include <vector>

#include "lab/conversations/conversation.h"
#include "lab/plan/plan.h"

namespace echolab::conversations {

struct LaidPlan {
  plan::Plan plan;                           // only exchanges that the capture shows, with its endpoints, and no logs
  std::vector<std::uint32_t> conversations;  // of each exchange: index into the capture's conversations
  std::vector<std::string> notes;            // what of the scenario the capture does not show, and the other way round
};

// Each conversation that was judged becomes at most one planned exchange of its protocol: the one with these addresses
// (a capture of this very lab), else the first whose first message begins as the conversation does, else the first
// that is left, in the plan's order. Checks that need logs are left out.
LaidPlan lay_plan(const plan::Plan& plan, const std::vector<Conversation>& conversations);

}  // namespace echolab::conversations

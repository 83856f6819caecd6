#pragma once
// A capture alone, judged by the checks of a scenario.

#include "lab/conversations/conversation.h"
#include "lab/plan/plan.h"

namespace echolab::conversations {

// Replaces the findings and the outcome of a capture that judge_capture() has read by those of the plan's checks, laid
// over its conversations. Messages of TCP connections become known, and are counted.
void judge_by_scenario(CaptureVerdict& verdict, const plan::Plan& plan);

}  // namespace echolab::conversations

#pragma once
// What a person reads about a capture that was judged alone.

#include <string>

#include "lab/conversations/conversation.h"
#include "lab/report/table.h"

namespace echolab::report {

std::string render_capture_verdict(const conversations::CaptureVerdict& verdict, const Style& style);

}  // namespace echolab::report

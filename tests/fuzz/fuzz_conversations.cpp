// A whole capture, judged alone. Every request must end as exactly one thing, findings must cite packets that exist, and
// a file that is cut off must not fail anybody for what is missing.

#include <cstdlib>

#include "lab/base/error.h"
#include "lab/conversations/judge_capture.h"

using namespace echolab;
using namespace echolab::conversations;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void check(const CaptureVerdict& verdict) {
  for (const Conversation& facts : verdict.conversations) {
    require(facts.first_packet >= 1 && facts.first_packet <= verdict.packets);
    if (facts.tcp) continue;
    require(*facts.requests == *facts.echoed + facts.lost + facts.late + facts.altered);
    require(facts.rtt.has_value() == (*facts.echoed > 0));
  }
  bool failed = false;
  for (const CaptureFinding& finding : verdict.findings) {
    failed |= finding.outcome == Outcome::failed;
    require(!finding.message.empty());
    for (const std::uint64_t packet : finding.packets) require(packet >= 1 && packet <= verdict.packets);
  }
  require(failed == (verdict.outcome == Outcome::failed));
  require(!to_json(verdict).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  JudgeOptions named;
  named.servers = {{Port{5000}, std::nullopt}};
  for (const JudgeOptions& options : {JudgeOptions{}, named}) {
    try {
      capture::FrameReader reader(capture::Bytes(data, size));
      check(judge_frames(reader, "fuzz", options));
    } catch (const capture::CaptureError&) {
      return 0;
    } catch (const EnvironmentError&) {
      return 0;
    }
  }
  return 0;
}

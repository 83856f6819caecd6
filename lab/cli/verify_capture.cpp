#include <fmt/format.h>

#include <algorithm>

#include "lab/base/diagnostic.h"
#include "lab/cli/commands.h"
#include "lab/conversations/judge_capture.h"
#include "lab/report/capture_console.h"
#include "lab/scenario/load.h"

namespace echolab::cli {

namespace {

Nanoseconds parse_timeout(const std::string& text) {
  const auto timeout = parse_duration(text);
  if (timeout && timeout->count() > 0) return *timeout;
  throw InvalidInput("--timeout", text,
                     {{{1, 1, std::max<std::size_t>(text.size(), 1)},
                       fmt::format("'{}' is no duration above zero", text),
                       "allowed: 250us, 100ms, 1.5s, 2m"}});
}

conversations::JudgeOptions options_of(const VerifyOptions& options) {
  conversations::JudgeOptions judge;
  if (!options.timeout.empty()) judge.timeout = parse_timeout(options.timeout);
  for (const int port : options.ports) judge.servers.push_back({Port{static_cast<std::uint16_t>(port)}, std::nullopt});
  return judge;
}

}  // namespace

ExitCode verify_capture(const VerifyOptions& options, Terminal& terminal) {
  const conversations::CaptureVerdict verdict = conversations::judge_capture(options.evidence, options_of(options));
  terminal.print(terminal.json() ? conversations::to_json(verdict)
                                 : report::render_capture_verdict(verdict, terminal.out_style()));
  return exit_code_of(verdict.outcome);
}

}  // namespace echolab::cli

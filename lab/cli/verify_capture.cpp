#include <fmt/format.h>

#include <algorithm>

#include "lab/base/diagnostic.h"
#include "lab/cli/commands.h"
#include "lab/conversations/judge_by_scenario.h"
#include "lab/conversations/judge_capture.h"
#include "lab/plan/make_plan.h"
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

// The ports of the scenario's servers, and the longest time that its clients wait.
void take_from_plan(conversations::JudgeOptions& judge, const plan::Plan& plan) {
  judge.timeout = Nanoseconds(0);
  for (const plan::Exchange& exchange : plan.exchanges) {
    const bool known = std::any_of(judge.servers.begin(), judge.servers.end(), [&](const auto& server) {
      return server.port == exchange.server.port && server.protocol == exchange.protocol;
    });
    if (!known) judge.servers.push_back({exchange.server.port, exchange.protocol});
    judge.timeout = std::max(judge.timeout, exchange.timeout);
  }
}

// The call is stronger than the scenario: a student's server may listen on another port.
void take_from_call(plan::Plan& plan, const conversations::JudgeOptions& judge, const VerifyOptions& options) {
  for (plan::Exchange& exchange : plan.exchanges) {
    if (!options.timeout.empty()) exchange.timeout = judge.timeout;
    if (options.ports.size() == 1) exchange.server.port = Port{static_cast<std::uint16_t>(options.ports.front())};
  }
}

conversations::JudgeOptions options_of(const VerifyOptions& options, const std::optional<plan::Plan>& plan) {
  conversations::JudgeOptions judge;
  if (plan) take_from_plan(judge, *plan);
  if (!options.timeout.empty()) judge.timeout = parse_timeout(options.timeout);
  if (!options.ports.empty()) judge.servers.clear();
  for (const int port : options.ports) judge.servers.push_back({Port{static_cast<std::uint16_t>(port)}, std::nullopt});
  return judge;
}

}  // namespace

ExitCode verify_capture(const VerifyOptions& options, Terminal& terminal) {
  std::optional<plan::Plan> plan;
  if (!options.scenario.empty()) {
    plan = plan::make_plan(scenario::load_file(options.scenario), {PlanOptions().run_id, {}});
  }
  const conversations::JudgeOptions judge = options_of(options, plan);
  conversations::CaptureVerdict verdict = conversations::judge_capture(options.evidence, judge);
  if (plan) {
    take_from_call(*plan, judge, options);
    conversations::judge_by_scenario(verdict, *plan);
  }
  terminal.print(terminal.json() ? conversations::to_json(verdict)
                                 : report::render_capture_verdict(verdict, terminal.out_style()));
  return exit_code_of(verdict.outcome);
}

}  // namespace echolab::cli

#include "lab/cli/commands.h"
#include "lab/engine/machine_limits.h"
#include "lab/plan/make_plan.h"
#include "lab/report/console.h"
#include "lab/scenario/load.h"

namespace echolab::cli {

ExitCode plan(const PlanOptions& options, Terminal& terminal) {
  const scenario::Scenario scenario = scenario::load_file(options.scenario);
  const plan::Plan plan = plan::make_plan(scenario, {options.run_id, {}});
  terminal.print(terminal.json() ? plan::to_json(plan) : report::render_plan(plan, terminal.out_style()));
  for (const std::string& warning : engine::predict_limits(plan)) terminal.say("warning: " + warning + "\n");
  return exit_passed;
}

}  // namespace echolab::cli

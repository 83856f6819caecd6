#pragma once

#include <string>
#include <vector>

#include "lab/plan/plan.h"

namespace echolab::plan {

// A student's program after it was built.
struct PreparedProgram {
  Bundle bundle;
  std::vector<std::string> start;  // its command, in the folder of the bundle
};
// The student that a grading scenario is run for.
struct Student {
  scenario::Identity identity;  // student_id, name, department, …
  std::optional<PreparedProgram> server, client;
};

// What the planner cannot know from the scenario.
struct PlanInputs {
  std::string run_id;
  std::vector<Prefix> occupied = {};  // host routes and other networks: automatic subnets avoid them
  std::optional<Student> student = {};
  std::optional<std::uint64_t> seed = {};  // instead of the scenario's
};

// Pure. Throws EnvironmentError when no free subnet is left, and scenario mistakes that only show with numbers
// (more nodes than a subnet or a bridge holds) as InvalidInput.
Plan make_plan(const scenario::Scenario& scenario, const PlanInputs& inputs);

// plan.json: stable key order, two-space indent, ends with a newline.
std::string to_json(const Plan& plan);
// Reads what to_json wrote; throws EnvironmentError naming the first thing wrong.
Plan from_json(const std::string& text);

}  // namespace echolab::plan

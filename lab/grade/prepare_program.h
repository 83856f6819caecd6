#pragma once
// A student's program, found and built in a cage.

#include <filesystem>
#include <string>
#include <vector>

#include "lab/base/interrupt.h"
#include "lab/engine/engine.h"
#include "lab/marks/class_result.h"
#include "lab/plan/make_plan.h"
#include "lab/scenario/scenario.h"

namespace echolab::grade {

struct Preparation {
  std::optional<plan::PreparedProgram> program;
  std::string refusal;  // why there is none: one sentence for the student
  std::vector<marks::LimitHit> limits;
  std::string build_log;  // what the compilers said; not escaped
  std::string image;      // the build ran in
};

// `source` is the clean copy of what was handed in; a built program goes to `built`. Throws EnvironmentError and
// Interrupted.
Preparation prepare_program(const std::filesystem::path& source, const std::filesystem::path& built, plan::Role role,
                            const scenario::Submission& asked, const std::string& label, engine::Engine& engine,
                            Interrupt& interrupt);

}  // namespace echolab::grade

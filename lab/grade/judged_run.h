#pragma once
// One lab from plan to verdict, in a folder of its own.

#include <filesystem>
#include <functional>
#include <string>

#include "lab/artifacts/run_folder.h"
#include "lab/engine/engine.h"
#include "lab/plan/make_plan.h"
#include "lab/scenario/scenario.h"
#include "lab/verify/finding.h"

namespace echolab::grade {

struct JudgedRun {
  artifacts::RunFolder run;
  verify::Verdict verdict;
  std::string warning;  // what went wrong after the verdict; empty: nothing
};

// Sorts by time, and two runs in one second differ: "20261122T221530Z-7f3a91".
std::string new_run_id(WallTime now);

struct LabRequest {
  const scenario::Scenario& scenario;
  plan::PlanInputs inputs;  // run_id set; subnets that are taken are added here
  // Where this run's files go; called again, with the same id, when a subnet was taken meanwhile.
  std::function<std::filesystem::path(const std::string& run_id)> folder;
};

// Plans, runs, writes captures, judges and comments. When another network takes a planned subnet in between, plans again
// without it. After an Interrupted or EnvironmentError, which pass through, the folder keeps what was gathered.
JudgedRun run_and_judge(LabRequest request, engine::Engine& engine, engine::Observer& observer, Interrupt& interrupt);

// Judges what an engine left in `folder`, as run_and_judge does after the engine.
JudgedRun judge(artifacts::RunFolderWriter& folder, const plan::Plan& plan, const artifacts::EngineRecord& record,
                engine::Observer& observer);

}  // namespace echolab::grade

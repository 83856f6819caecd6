#pragma once
// One student from hand-in to marks, in a folder of its own.

#include <filesystem>
#include <string>
#include <vector>

#include "lab/base/interrupt.h"
#include "lab/engine/engine.h"
#include "lab/grade/batch_record.h"
#include "lab/grade/worker_channel.h"
#include "lab/marks/class_result.h"
#include "lab/scenario/scenario.h"

namespace echolab::grade {

struct StudentJob {
  const BatchRecord& batch;
  const marks::Student& student;
  const std::vector<scenario::Scenario>& scenarios;  // of the batch, as they are run
  std::filesystem::path folder;                      // where everything goes; must not exist
};

// Takes the hand-in, builds and runs what is to be run, judges it, and writes into the folder: submission/, runs/, logs,
// <id>.pcapng, <id>.png, transcripts/, result.json, manifest.json. What a student did wrong is in the result. Throws
// EnvironmentError for what the machine could not do, and Interrupted.
marks::StudentResult grade_student(const StudentJob& job, engine::Engine& engine, WorkerChannel& channel,
                                   Interrupt& interrupt);

}  // namespace echolab::grade

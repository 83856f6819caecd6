#pragma once
// A class graded: a process for each student, as many at once as the machine bears, a journal that survives us.

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lab/base/interrupt.h"
#include "lab/grade/admission.h"
#include "lab/grade/batch_record.h"
#include "lab/marks/class_result.h"

namespace echolab::grade {

// Told what happens while it happens.
class BatchObserver {
 public:
  virtual ~BatchObserver() = default;
  virtual void begin(std::size_t students, std::size_t already_graded, const Admission& admission) = 0;
  virtual void started(const marks::Student& student) = 0;
  virtual void phase(const marks::Student& student, std::string_view what) = 0;
  // It is graded again: the machine failed, or was too busy to be sure.
  virtual void repeated(const marks::Student& student, std::string_view why) = 0;
  virtual void finished(const marks::StudentResult& result) = 0;
  virtual void tick() = 0;  // ten times a second while live()
  virtual bool live() const = 0;
};

struct BatchOptions {
  std::filesystem::path folder;             // of the batch, begun
  std::size_t jobs = 0;                     // 0: auto
  std::set<std::string> only;               // student ids; empty: all
  bool again = false;                       // also who is graded: those of `only`, or all whose marks are open
  std::vector<std::string> worker_command;  // the batch's folder, `--student ID` and `--into FOLDER` are added
};

// Grades whoever is not yet graded. Throws Interrupted (everything that was started is removed, finished students stay
// finished), and EnvironmentError when the batch itself can't go on.
void run_batch(const BatchOptions& options, const BatchRecord& batch, const std::vector<scenario::Scenario>& scenarios,
               BatchObserver& observer, Interrupt& interrupt);

}  // namespace echolab::grade

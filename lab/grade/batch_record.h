#pragma once
// What a batch grades, fixed at its beginning: batch.json of its folder. Workers and later calls read only this.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "lab/marks/class_result.h"
#include "lab/marks/student.h"
#include "lab/scenario/scenario.h"

namespace echolab::grade {

struct BatchScenario {
  std::string name;
  std::string file;    // absolute: what it builds lies beside it
  std::string sha256;  // of its bytes, which the batch keeps in batch/<name>.yaml
  bool operator==(const BatchScenario&) const = default;
};

struct BatchRecord {
  std::string submissions;  // absolute
  std::uint64_t seed = 0;
  std::string tool_version;
  std::vector<marks::Student> students;
  std::vector<BatchScenario> scenarios;  // names differ
  bool operator==(const BatchRecord&) const = default;

  const marks::Student* find(const std::string& id) const;
  // Digest of all that decides about marks.
  std::string digest() const;
};

// Writes batch.json and the scenarios' bytes; a folder that holds an equal batch is taken up again. Throws InvalidInput
// when it holds another one (saying what differs), or one at all and `resume` is false.
void begin_batch(const std::filesystem::path& folder, const BatchRecord& record,
                 const std::vector<scenario::Scenario>& scenarios, bool resume);
// Throws EnvironmentError when the folder holds no batch.
BatchRecord read_batch(const std::filesystem::path& folder);
// The scenarios as the batch keeps them: to judge by, not to run.
std::vector<scenario::Scenario> stored_scenarios(const std::filesystem::path& folder, const BatchRecord& record);

// After a regrade: these now hold, in place of those of the same name.
void replace_scenarios(const std::filesystem::path& folder, BatchRecord batch,
                       const std::vector<scenario::Scenario>& scenarios);

// A student's own numbers, which follow from the batch's seed: for the scenario's random choices, and {nonce}.
std::uint64_t seed_of(const BatchRecord& batch, const marks::Student& student, const std::string& scenario);
std::string nonce_of(const BatchRecord& batch, const marks::Student& student, const std::string& scenario);
// Variables of message texts.
scenario::Identity identity_of(const marks::Student& student, const std::string& nonce);

}  // namespace echolab::grade

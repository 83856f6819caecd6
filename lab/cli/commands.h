#pragma once
// One function per subcommand. Each returns the exit status and leaves printing of errors to main.cpp.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lab/cli/engines.h"
#include "lab/cli/exit_code.h"
#include "lab/cli/terminal.h"

namespace echolab::cli {

struct RunOptions {
  std::filesystem::path scenario;
  std::filesystem::path out;  // empty: artifacts/<run id>
  EngineOptions engine;
};

// What `verify` is given: a run folder, or a capture with what is known about it.
struct VerifyOptions {
  std::filesystem::path evidence;
  std::filesystem::path scenario;  // empty: none
  std::vector<int> ports;          // of the server; empty: decided from the packets
  std::string timeout;             // as written; empty: the scenario's, else 2s

  bool for_capture() const { return !scenario.empty() || !ports.empty() || !timeout.empty(); }
};

struct GradeOptions {
  std::filesystem::path roster, submissions, out;
  std::vector<std::filesystem::path> scenarios;
  std::string jobs = "auto";
  std::vector<std::string> only;
  std::optional<std::uint64_t> seed;  // unset: drawn, and kept in the batch
  bool resume = false, again = false;
  bool trust_programs = false;  // run what was handed in on an engine without a sandbox
  bool strict = false;          // exit status 1 when somebody has not all points
  EngineOptions engine;
};
// One student of a batch, in a process of its own: what `grade` starts.
struct GradeStudentOptions {
  std::filesystem::path batch, into;
  std::string student;
  EngineOptions engine;
};
struct RegradeOptions {
  std::filesystem::path batch;
  std::vector<std::filesystem::path> scenarios;
  bool apply = false;
};
struct FetchOptions {
  std::vector<std::string> students;
  bool all = false;
  std::filesystem::path from = ".", to = ".", archive;
};

struct PlanOptions {
  std::filesystem::path scenario;
  std::string run_id = "00000000T000000Z-000000";  // fixed, so that equal scenarios give equal plans
};

ExitCode validate(const std::vector<std::filesystem::path>& scenarios, Terminal& terminal);
// All kinds of checks, or one with its keys and an example.
ExitCode checks(const std::string& kind, Terminal& terminal);
ExitCode plan(const PlanOptions& options, Terminal& terminal);
ExitCode run(const RunOptions& options, Terminal& terminal);
ExitCode verify(const VerifyOptions& options, Terminal& terminal);
ExitCode verify_run_folder(const std::filesystem::path& run_folder, Terminal& terminal);
ExitCode verify_capture(const VerifyOptions& options, Terminal& terminal);
ExitCode grade_class(const GradeOptions& options, Terminal& terminal);
ExitCode grade_student(const GradeStudentOptions& options, Terminal& terminal);
ExitCode regrade(const RegradeOptions& options, Terminal& terminal);
ExitCode fetch(const FetchOptions& options, Terminal& terminal);
ExitCode clean(const EngineOptions& engine, bool all, Terminal& terminal);
ExitCode doctor(const EngineOptions& engine, Terminal& terminal);

}  // namespace echolab::cli

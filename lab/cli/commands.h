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
ExitCode clean(const EngineOptions& engine, bool all, Terminal& terminal);
ExitCode doctor(const EngineOptions& engine, Terminal& terminal);

}  // namespace echolab::cli

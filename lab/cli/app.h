#pragma once

#include <functional>
#include <optional>

#include "lab/cli/exit_code.h"
#include "lab/cli/terminal.h"

namespace echolab::cli {

// A command line, understood.
struct ParsedCall {
  std::optional<int> exit_status;  // set when there is nothing to run: help was printed, or the call is wrong
  OutputOptions output;
  std::function<ExitCode(Terminal&)> command;
};

ParsedCall parse_call(int argc, const char* const* argv);

}  // namespace echolab::cli

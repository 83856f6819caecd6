#pragma once
// Other people's programs as oracles.

#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace echolab::test {

inline bool has_tool(const std::string& name) {
  return has_program(name);
}

// Standard output of a program, which must exit with status 0.
inline std::string output_of(const std::vector<std::string>& command) {
  const Finished finished = run_program({.argv = command});
  if (finished.status != 0) throw std::runtime_error(command[0] + " failed: " + finished.err);
  return finished.out;
}

}  // namespace echolab::test

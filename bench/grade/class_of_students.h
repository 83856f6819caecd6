#pragma once
// A class that handed in: everybody the same UDP echo server in Python, so that who is graded when makes no difference.

#include <filesystem>
#include <string>

#include "bench/core/programs.h"

namespace echolab::bench {

class ClassOfStudents {
 public:
  // Writes roster, hand-ins, scenario, and the script with its compose file, into this folder, which there is not yet.
  ClassOfStudents(const std::filesystem::path& folder, int students);

  CommandLine graded_by(const std::string& program, const std::string& jobs, const std::filesystem::path& out) const;
  // One student after the other: docker-compose up, wait, logs, down.
  CommandLine graded_by_script(const std::filesystem::path& out) const;

 private:
  const std::filesystem::path folder_;
};

}  // namespace echolab::bench

#pragma once
// Runs the real `echolab` program against the real Docker engine, and looks at what is left with Docker's own client.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "lab/base/json.h"
#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace echolab::lab_test {

// ECHOLAB_PROGRAM, or what this build made.
std::string echolab_binary();
test::Command echolab(std::vector<std::string> arguments);

// Empty when labs can run here; else why not (for GTEST_SKIP).
std::string why_no_docker();

// Names of the containers and networks that carry the label of this run.
std::vector<std::string> objects_of_run(const std::string& run_id);
// Links in the host's network namespace.
std::vector<std::string> host_links();

nlohmann::json read_json(const std::filesystem::path& file);
std::vector<std::string> lines_of(const std::string& text);

}  // namespace echolab::lab_test

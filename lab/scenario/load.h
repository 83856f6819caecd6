#pragma once

#include <filesystem>
#include <string>

#include "lab/scenario/scenario.h"

namespace echolab::scenario {

// Reads and checks a scenario file. Throws InvalidInput with every mistake, EnvironmentError when it can't be read.
Scenario load_file(const std::filesystem::path& file);
// The same from bytes; `file` is only named in messages, and relative build contexts are checked against its folder.
Scenario load_text(const std::string& file, const std::string& source);

// The JSON Schema (draft-07) of a scenario, from the same table as the validator; ends with a newline.
std::string json_schema();

}  // namespace echolab::scenario

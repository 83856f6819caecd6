#pragma once

#include <string>

namespace echolab::scenario {

// The tables of docs/scenario.md, one per section of the format: Markdown, from the same table as the validator.
std::string reference_tables();
// The table of kinds in docs/checks.md.
std::string check_reference();

}  // namespace echolab::scenario

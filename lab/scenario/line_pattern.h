#pragma once
// Regular expressions of `log_line` with {variables}. Braces that hold no known variable belong to the expression.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace echolab::scenario {

// Replaces the variables that value_of knows by their quoted values.
std::string fill_line_pattern(std::string_view pattern,
                              const std::function<std::optional<std::string>(std::string_view)>& value_of);
// Why RE2 refuses the expression, and the part that it stumbled over; nullopt: it takes it.
struct PatternMistake {
  std::string reason, part;
};
std::optional<PatternMistake> find_pattern_mistake(const std::string& filled);

}  // namespace echolab::scenario

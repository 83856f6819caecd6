#pragma once
// Message texts with {variables}. "{{" and "}}" are single braces.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace echolab::scenario {

struct TemplatePiece {
  bool is_variable = false;
  std::string text;        // the literal with single braces, or the variable's name
  std::size_t offset = 0;  // in the template, of the piece's first byte
  std::size_t length = 0;  // in the template
};

struct TemplateMistake {
  std::size_t offset = 0, length = 1;
  std::string message, hint;
};

struct MessageTemplate {
  std::vector<TemplatePiece> pieces;
  std::optional<TemplateMistake> mistake;  // the first; pieces then end before it
};

MessageTemplate parse_template(std::string_view text);

// Variables that every message text may use besides those of identities.
const std::vector<std::string_view>& built_in_variables();

// Replaces the variables for which value_of knows a value; the others stay, and with escape the braces of literals and
// values are doubled, so that the result is a template again.
std::string fill_template(const MessageTemplate& parsed, bool escape,
                          const std::function<std::optional<std::string>(std::string_view)>& value_of);

}  // namespace echolab::scenario

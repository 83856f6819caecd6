#include "lab/scenario/line_pattern.h"

#include <re2/re2.h>

namespace echolab::scenario {

std::string fill_line_pattern(std::string_view pattern,
                              const std::function<std::optional<std::string>(std::string_view)>& value_of) {
  std::string out;
  while (!pattern.empty()) {
    const std::size_t open = pattern.find('{');
    out += pattern.substr(0, open);
    if (open == std::string_view::npos) break;
    pattern.remove_prefix(open);
    const std::size_t close = pattern.find_first_of("{}", 1);
    if (close != std::string_view::npos && pattern[close] == '}') {
      if (const auto value = value_of(pattern.substr(1, close - 1))) {
        out += RE2::QuoteMeta(*value);
        pattern.remove_prefix(close + 1);
        continue;
      }
    }
    out += '{';
    pattern.remove_prefix(1);
  }
  return out;
}

std::optional<PatternMistake> find_pattern_mistake(const std::string& filled) {
  RE2::Options options;
  options.set_log_errors(false);
  const RE2 expression(filled, options);
  if (expression.ok()) return std::nullopt;
  return PatternMistake{expression.error(), expression.error_arg()};
}

}  // namespace echolab::scenario

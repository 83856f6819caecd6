#include "lab/scenario/message_template.h"

#include <algorithm>

namespace echolab::scenario {

namespace {

void append_literal(std::string& out, std::string_view literal, bool escape) {
  for (const char c : literal) {
    out += c;
    if (escape && (c == '{' || c == '}')) out += c;
  }
}

}  // namespace

MessageTemplate parse_template(std::string_view text) {
  MessageTemplate parsed;
  TemplatePiece literal;
  const auto end_literal = [&](std::size_t at) {
    literal.length = at - literal.offset;
    if (!literal.text.empty()) parsed.pieces.push_back(literal);
    literal = {};
  };
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c != '{' && c != '}') {
      if (literal.text.empty()) literal.offset = i;
      literal.text += c;
      ++i;
      continue;
    }
    if (text.substr(i + 1, 1) == text.substr(i, 1)) {
      if (literal.text.empty()) literal.offset = i;
      literal.text += c;
      i += 2;
      continue;
    }
    end_literal(i);
    if (c == '}') {
      parsed.mistake = {i, 1, "a '}' without its '{'", "write '}}' for a brace"};
      return parsed;
    }
    const std::size_t close = text.find_first_of("{}", i + 1);
    if (close == std::string_view::npos || text[close] == '{') {
      parsed.mistake = {i, 1, "a '{' without its '}'", "write '{{' for a brace"};
      return parsed;
    }
    parsed.pieces.push_back({true, std::string(text.substr(i + 1, close - i - 1)), i, close + 1 - i});
    i = close + 1;
  }
  end_literal(text.size());
  return parsed;
}

const std::vector<std::string_view>& built_in_variables() {
  static const std::vector<std::string_view> names{"message", "client", "group", "container", "node", "scenario"};
  return names;
}

std::string fill_template(const MessageTemplate& parsed, bool escape,
                          const std::function<std::optional<std::string>(std::string_view)>& value_of) {
  std::string out;
  for (const TemplatePiece& piece : parsed.pieces) {
    if (!piece.is_variable) {
      append_literal(out, piece.text, escape);
    } else if (const auto value = value_of(piece.text)) {
      append_literal(out, *value, escape);
    } else {
      out += '{' + piece.text + '}';
    }
  }
  return out;
}

}  // namespace echolab::scenario

#include "lab/submission/dockerfile.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "lab/base/json.h"
#include "lab/base/unicode.h"

namespace echolab::submission {

namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// The words of a JSON list of strings; nullopt when it is something else, which Docker then takes for shell words.
std::optional<std::vector<std::string>> json_words(std::string_view text) {
  if (!text.starts_with('[')) return {};
  const auto list = nlohmann::json::parse(text, nullptr, false);
  if (!list.is_array()) return {};
  std::vector<std::string> words;
  for (const auto& word : list) {
    if (!word.is_string()) return {};
    words.push_back(word.get<std::string>());
  }
  return words;
}

// Physical lines as logical ones: comment lines and, inside a continuation, empty lines are left out.
class LogicalLines {
 public:
  explicit LogicalLines(std::string_view text) : rest_(text) {}

  // False at the end.
  bool next(std::string& line, std::size_t& number) {
    line.clear();
    bool continues = false;
    while (!rest_.empty()) {
      ++number_;
      const std::size_t newline = rest_.find('\n');
      const std::string_view physical = trimmed(rest_.substr(0, newline));
      rest_.remove_prefix(newline == std::string_view::npos ? rest_.size() : newline + 1);
      if (physical.empty() || physical.starts_with('#')) continue;
      if (!continues) number = number_;
      continues = physical.ends_with('\\');
      line += physical.substr(0, physical.size() - (continues ? 1 : 0));
      if (!continues) return true;
    }
    return !line.empty();
  }

 private:
  std::string_view rest_;
  std::size_t number_ = 0;
};

}  // namespace

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0 && c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
      in_word = true;
    } else if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      word += text[++i];
      in_word = true;
    } else if (quote == 0 && (is_space(c) || c == '\n')) {
      if (in_word) words.push_back(std::move(word));
      word.clear();
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (quote != 0) return {};
  if (in_word) words.push_back(std::move(word));
  return words;
}

Dockerfile parse_dockerfile(std::string_view text) {
  Dockerfile file;
  if (text.size() > most_dockerfile_bytes) return {{}, {{1, "it is larger than 64 KiB"}}};
  if (!is_utf8(text) || text.find('\0') != std::string_view::npos) return {{}, {{1, "it is no UTF-8 text"}}};
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  LogicalLines lines(text);
  std::string line;
  for (std::size_t number = 0; lines.next(line, number);) {
    const std::string_view whole = trimmed(line);
    if (whole.empty()) continue;
    const std::size_t space = whole.find_first_of(" \t");
    DockerInstruction& instruction = file.instructions.emplace_back();
    instruction.line = number;
    instruction.keyword = whole.substr(0, space);
    std::transform(instruction.keyword.begin(), instruction.keyword.end(), instruction.keyword.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (space != std::string_view::npos) instruction.text = trimmed(whole.substr(space));
    if (auto words = json_words(instruction.text)) {
      instruction.words = std::move(*words);
      instruction.json = true;
    } else {
      instruction.words = split_words(instruction.text);
    }
    if (instruction.text.find("<<") != std::string::npos &&
        (instruction.keyword == "RUN" || instruction.keyword == "COPY")) {
      file.mistakes.push_back({number, "here-documents are not understood"});
      return file;
    }
  }
  return file;
}

}  // namespace echolab::submission

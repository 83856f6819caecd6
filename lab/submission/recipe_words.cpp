#include "lab/submission/recipe_words.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "lab/submission/program_files.h"

namespace echolab::submission {

namespace {

// A file named "-o" must not be an option, nor "@x" a file of options: gcc and javac have both.
std::string as_argument(const std::string& path) {
  return path.starts_with('-') || path.starts_with('@') ? "./" + path : path;
}

std::string replaced(const std::string& word, const RecipeFiles& files) {
  const std::array<std::pair<std::string_view, std::string>, 4> values{
      {{"{main}", as_argument(files.main)},
       {"{stem}", std::string(stem_of(files.main))},
       {"{class}", java_class(files.main_text, stem_of(files.main))},
       {"{role}", word_of(files.role)}}};
  std::string out;
  for (std::size_t at = 0; at < word.size();) {
    bool found = false;
    for (const auto& [name, value] : values) {
      if (word.compare(at, name.size(), name) != 0) continue;
      out += value;
      at += name.size();
      found = true;
      break;
    }
    if (!found) out += word[at++];
  }
  return out;
}

std::vector<std::string> filled(const std::vector<std::string>& command, const RecipeFiles& files) {
  std::vector<std::string> words;
  for (const std::string& word : command) {
    if (word == "{sources}") {
      for (const std::string& source : files.sources) words.push_back(as_argument(source));
    } else {
      words.push_back(replaced(word, files));
    }
  }
  return words;
}

// White space and comments at the beginning gone.
std::string_view skip_blanks(std::string_view text) {
  for (;;) {
    if (text.starts_with("\xef\xbb\xbf")) {
      text.remove_prefix(3);
    } else if (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) {
      text.remove_prefix(1);
    } else if (text.starts_with("//")) {
      text.remove_prefix(std::min(text.size(), text.find('\n')));
    } else if (text.starts_with("/*")) {
      const std::size_t end = text.find("*/", 2);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    } else {
      return text;
    }
  }
}

}  // namespace

std::string java_class(std::string_view text, std::string_view stem) {
  constexpr std::string_view keyword = "package";
  text = skip_blanks(text);
  const bool has_package =
      text.starts_with(keyword) && skip_blanks(text.substr(keyword.size())).size() < text.size() - keyword.size();
  if (!has_package) return std::string(stem);
  text.remove_prefix(keyword.size());
  std::string name;
  for (text = skip_blanks(text); !text.empty() && text.front() != ';'; text = skip_blanks(text)) {
    const auto byte = static_cast<unsigned char>(text.front());
    if (std::isalnum(byte) == 0 && byte < 0x80 && text.front() != '.' && text.front() != '_' && text.front() != '$') {
      return std::string(stem);  // javac will say what is wrong
    }
    name += text.front();
    text.remove_prefix(1);
  }
  return name.empty() ? std::string(stem) : name + "." + std::string(stem);
}

bool defines_main(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
    for (const std::string_view type : {"int", "void", "auto"}) {
      if (line.starts_with(type) && line.size() > type.size() &&
          std::isspace(static_cast<unsigned char>(line[type.size()])) != 0) {
        line = skip_blanks(line.substr(type.size()));
        break;
      }
    }
    constexpr std::string_view name = "main";
    if (line.starts_with(name) && skip_blanks(line.substr(name.size())).starts_with('(')) return true;
  }
  return false;
}

ChosenProgram fill_recipe(const scenario::Recipe& recipe, const RecipeFiles& files) {
  ChosenProgram program{recipe.name, files.main, {}, filled(recipe.start, files)};
  for (const std::vector<std::string>& command : recipe.build) program.build.push_back(filled(command, files));
  return program;
}

}  // namespace echolab::submission

#include "lab/submission/dockerfile_recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <optional>

#include "lab/base/text.h"
#include "lab/submission/dockerfile.h"

namespace echolab::submission {

namespace {

bool is_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Absolute, with "." and ".." undone: "/app".
std::string resolve(const std::string& base, std::string_view path) {
  const std::string joined = path.starts_with('/') ? std::string(path) : base + "/" + std::string(path);
  std::string normal = std::filesystem::path(joined).lexically_normal().generic_string();
  while (normal.size() > 1 && normal.ends_with('/')) normal.pop_back();
  return normal;
}

// What a word asks for that the cage does not give; empty when nothing.
std::string_view need_of(std::string_view word) {
  struct Need {
    std::string_view program, what;
  };
  constexpr std::array<Need, 23> needs{{{"apt-get", "a network and root"},
                                        {"apt", "a network and root"},
                                        {"apk", "a network and root"},
                                        {"yum", "a network and root"},
                                        {"dnf", "a network and root"},
                                        {"pip", "a network"},
                                        {"pip3", "a network"},
                                        {"conda", "a network"},
                                        {"npm", "a network"},
                                        {"yarn", "a network"},
                                        {"curl", "a network"},
                                        {"wget", "a network"},
                                        {"git", "a network"},
                                        {"mvn", "a network"},
                                        {"gradle", "a network"},
                                        {"cargo", "a network"},
                                        {"go", "a network"},
                                        {"sudo", "root"},
                                        {"useradd", "root"},
                                        {"adduser", "root"},
                                        {"groupadd", "root"},
                                        {"addgroup", "root"},
                                        {"chown", "root"}}};
  word = word.substr(word.rfind('/') + 1);
  const auto found = std::find_if(needs.begin(), needs.end(), [&](const Need& need) { return need.program == word; });
  return found != needs.end() ? found->what : std::string_view();
}

// The names of programs in a shell line, roughly: words at the beginning of a command. Only for better messages: what is
// missed here fails in the cage.
std::string refused_program(std::string_view line) {
  bool at_command = true;
  std::string word;
  const auto judge = [&]() -> bool {
    if (word.empty()) return false;
    if (word.find('=') != std::string::npos && at_command) {
      word.clear();  // an assignment before the command
      return false;
    }
    const bool refused = at_command && !need_of(word).empty();
    at_command = word == "python3" || word == "python" || word == "-m" ? at_command : false;
    if (!refused) word.clear();
    return refused;
  };
  for (const char c : line) {
    if (c == ';' || c == '&' || c == '|' || c == '(' || c == '{' || c == '\n') {
      if (judge()) return word;
      at_command = true;
    } else if (c == ' ' || c == '\t') {
      if (judge()) return word;
    } else {
      word += c;
    }
  }
  return judge() ? word : std::string();
}

class RecipeReader {
 public:
  RecipeReader(const std::string& name, const std::string& folder) : name_(name), folder_(folder) {}

  std::variant<ChosenProgram, NoProgram> read(std::string_view text) {
    const Dockerfile file = parse_dockerfile(text);
    if (!file.mistakes.empty()) return refusal(file.mistakes.front().line, file.mistakes.front().message);
    for (const DockerInstruction& instruction : file.instructions) {
      follow(instruction);
      if (refusal_) return *refusal_;
    }
    if (stages_ == 0) return NoProgram{fmt::format("{} has no FROM line", name_), "FROM is a Dockerfile's first line"};
    std::vector<std::string> start = entrypoint_;
    start.insert(start.end(), command_.begin(), command_.end());
    if (start.empty()) {
      return NoProgram{fmt::format("{} has neither CMD nor ENTRYPOINT", name_), "CMD [\"python3\", \"server.py\"]"};
    }
    return ChosenProgram{"Dockerfile", name_, build_, in_place(start)};
  }

 private:
  NoProgram refusal(std::size_t line, const std::string& why) const {
    return {
        fmt::format("{}, line {}: {}", name_, line, escape_for_terminal(why)),
        "a Dockerfile is read as a recipe, without a network and without root: docs/submissions.md says what it may "
        "hold"};
  }
  void refuse(const DockerInstruction& at, const std::string& why) { refusal_ = refusal(at.line, why); }

  void follow(const DockerInstruction& instruction) {
    const std::string& keyword = instruction.keyword;
    if (stages_ == 0 && keyword != "FROM" && keyword != "ARG") return refuse(instruction, "FROM must come first");
    if (keyword == "FROM") return from(instruction);
    if (keyword == "ARG") return argument(instruction);
    if (keyword == "ENV") return environment(instruction);
    if (keyword == "WORKDIR") return workdir(instruction);
    if (keyword == "COPY" || keyword == "ADD") return copy(instruction);
    if (keyword == "RUN") return run(instruction);
    if (keyword == "CMD") return void(command_ = command(instruction));
    if (keyword == "ENTRYPOINT") {
      entrypoint_ = command(instruction);
      command_.clear();  // as in Docker
      return;
    }
    constexpr std::array<std::string_view, 6> without_effect{"EXPOSE",     "LABEL",       "MAINTAINER",
                                                             "STOPSIGNAL", "HEALTHCHECK", "USER"};
    if (std::find(without_effect.begin(), without_effect.end(), keyword) != without_effect.end()) return;
    refuse(instruction, fmt::format("{} is not understood", cut_to_width(keyword, 20)));
  }

  void from(const DockerInstruction& instruction) {
    if (++stages_ > 1) refuse(instruction, "more than one stage (FROM) is not understood");
  }

  void argument(const DockerInstruction& instruction) {
    for (const std::string& word : instruction.words) {
      const std::size_t equals = word.find('=');
      if (equals != std::string::npos) variables_[word.substr(0, equals)] = substituted(word.substr(equals + 1));
    }
  }

  void environment(const DockerInstruction& instruction) {
    const std::vector<std::string>& words = instruction.words;
    if (words.empty()) return refuse(instruction, "ENV sets nothing");
    std::vector<std::pair<std::string, std::string>> pairs;
    if (words.front().find('=') == std::string::npos) {  // ENV NAME value of several words
      const std::size_t space = instruction.text.find_first_of(" \t");
      if (space == std::string::npos) return refuse(instruction, "ENV sets no value");
      pairs.emplace_back(words.front(), instruction.text.substr(instruction.text.find_first_not_of(" \t", space)));
    } else {
      for (const std::string& word : words) {
        const std::size_t equals = word.find('=');
        if (equals == std::string::npos) return refuse(instruction, fmt::format("'{}' has no '='", word));
        pairs.emplace_back(word.substr(0, equals), word.substr(equals + 1));
      }
    }
    for (const auto& [name, value] : pairs) {
      const bool good = !name.empty() && std::all_of(name.begin(), name.end(), is_name) &&
                        std::isdigit(static_cast<unsigned char>(name.front())) == 0;
      if (!good) return refuse(instruction, fmt::format("'{}' is no name of a variable", name));
      const std::string text = relocated(substituted(value));
      variables_[name] = text;
      std::erase_if(environment_, [start = name + "="](const std::string& word) { return word.starts_with(start); });
      environment_.push_back(name + "=" + text);
    }
  }

  void workdir(const DockerInstruction& instruction) {
    if (instruction.text.empty()) return refuse(instruction, "WORKDIR names no folder");
    workdir_ = resolve(workdir_, substituted(instruction.words.empty() ? instruction.text : instruction.words.front()));
    if (home_ && workdir_ != *home_) {
      refuse(instruction, fmt::format("the files were copied to {}, and all commands run there", *home_));
    }
  }

  // The files are in the folder already: what remains is to know what the image would have called it.
  void copy(const DockerInstruction& instruction) {
    std::vector<std::string> words;
    for (const std::string& word : instruction.words) {
      if (word.starts_with("--from")) return refuse(instruction, "more than one stage (--from) is not understood");
      if (!word.starts_with("--")) words.push_back(substituted(word));
    }
    if (words.size() < 2)
      return refuse(instruction, fmt::format("{} needs a source and a destination", instruction.keyword));
    const std::string destination = words.back();
    words.pop_back();
    for (const std::string& source : words) {
      if (source.find("://") != std::string::npos) return refuse(instruction, "it needs a network");
      // Parts of the tree keep their place only when the place is the same.
      const std::string below = resolve("/", source);
      const bool whole = below == "/" || (below.find('/', 1) == std::string::npos && !is_renamed(source, destination));
      if (!whole) {
        return refuse(instruction,
                      fmt::format("only the whole folder, or files at its top, can be copied ('{}' to '{}')", source,
                                  destination));
      }
    }
    const std::string home = resolve(workdir_, destination_folder(words, destination));
    if (home_ && home != *home_) {
      return refuse(instruction,
                    fmt::format("files are copied to {} and to {}: one place is understood", *home_, home));
    }
    home_ = home;
  }

  // "COPY server.py main.py" gives a file another name.
  static bool is_renamed(const std::string& source, const std::string& destination) {
    return !is_folder_name(destination) && destination.substr(destination.rfind('/') + 1) != source &&
           source.find('*') == std::string::npos && looks_like_file(destination);
  }
  static bool is_folder_name(std::string_view path) {
    return path.ends_with('/') || path == "." || path == ".." || path.ends_with("/.");
  }
  static bool looks_like_file(const std::string& path) {
    return std::filesystem::path(path).filename().string().find('.') != std::string::npos;
  }
  // "COPY server.py /app/server.py" copies into /app.
  static std::string destination_folder(const std::vector<std::string>& sources, const std::string& destination) {
    const bool names_the_file =
        sources.size() == 1 && !is_folder_name(destination) && resolve("/", sources.front()) != "/" &&
        std::filesystem::path(destination).filename() == std::filesystem::path(sources.front()).filename();
    return names_the_file ? std::filesystem::path(destination).parent_path().string() : destination;
  }

  void run(const DockerInstruction& instruction) {
    if (instruction.text.starts_with("--")) return refuse(instruction, "options of RUN are not understood");
    std::string line = instruction.text;
    if (instruction.json) {
      line.clear();
      for (const std::string& word : instruction.words) line += word + " ";
    }
    const std::string program = refused_program(line);
    if (!program.empty()) {
      return refuse(instruction, fmt::format("{} needs {}, which builds of submissions do not have",
                                             cut_to_width(program, 30), need_of(program)));
    }
    build_.push_back(in_place(command(instruction)));
  }

  std::vector<std::string> command(const DockerInstruction& instruction) {
    if (instruction.text.empty()) {
      refuse(instruction, fmt::format("{} is empty", instruction.keyword));
      return {};
    }
    std::vector<std::string> words;
    if (instruction.json) {
      for (const std::string& word : instruction.words) words.push_back(relocated(word));
      if (words.empty()) return words;
      if (words.front().find('=') != std::string::npos) refuse(instruction, "a program's name has no '='");
      return words;
    }
    // A plain line takes arguments like a list does; other lines are for the shell, which gets arguments as $1, $2.
    if (instruction.keyword != "RUN" && is_plain(instruction.text)) {
      for (const std::string& word : instruction.words) words.push_back(relocated(substituted(word)));
      return words;
    }
    words = {"/bin/sh", "-c", relocated(instruction.text)};
    if (instruction.keyword != "RUN") words.emplace_back("sh");
    return words;
  }

  static bool is_plain(std::string_view line) {
    const std::string_view first_word = line.substr(0, line.find(' '));
    return first_word.find('=') == std::string_view::npos && std::all_of(line.begin(), line.end(), [](char c) {
             return is_name(c) || std::string_view(" ./:=,+@%-").find(c) != std::string_view::npos ||
                    static_cast<unsigned char>(c) >= 0x80;
           });
  }

  // Paths below the folder that the image would have had, as paths from the folder where commands run.
  std::string relocated(const std::string& text) const {
    const std::string home = home_.value_or(workdir_);
    if (home == "/") return text;
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
      const bool at_word = at == 0 || std::string_view(" \t\"'=:;&|(").find(text[at - 1]) != std::string_view::npos;
      const std::size_t after = at + home.size();
      if (!at_word || text.compare(at, home.size(), home) != 0) {
        out += text[at++];
      } else if (after == text.size() || std::string_view(" \t\"';&|):").find(text[after]) != std::string_view::npos) {
        out += ".";
        at = after;
      } else if (text[after] == '/') {
        out += "./";
        at = after + 1;
      } else {
        out += text[at++];
      }
    }
    return out;
  }

  // $NAME and ${NAME} of ARG and ENV; others stay.
  std::string substituted(const std::string& text) const {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
      if (text[at] != '$') {
        out += text[at++];
        continue;
      }
      const bool braces = at + 1 < text.size() && text[at + 1] == '{';
      const std::size_t begin = at + (braces ? 2 : 1);
      std::size_t end = begin;
      while (end < text.size() && is_name(text[end])) ++end;
      const auto found = variables_.find(text.substr(begin, end - begin));
      const bool closed = !braces || (end < text.size() && text[end] == '}');
      if (found == variables_.end() || !closed || out.size() + found->second.size() > most_dockerfile_bytes) {
        out += text[at++];
        continue;
      }
      out += found->second;
      at = end + (braces ? 1 : 0);
    }
    return out;
  }

  // env(1) changes into the folder and sets the variables without a shell and without staying in between.
  std::vector<std::string> in_place(const std::vector<std::string>& command) const {
    if (folder_.empty() && environment_.empty()) return command;
    std::vector<std::string> words{"env"};
    if (!folder_.empty()) words.insert(words.end(), {"-C", folder_.starts_with('-') ? "./" + folder_ : folder_});
    words.insert(words.end(), environment_.begin(), environment_.end());
    words.insert(words.end(), command.begin(), command.end());
    return words;
  }

  std::string name_, folder_;
  std::size_t stages_ = 0;
  std::string workdir_ = "/";
  std::optional<std::string> home_;  // where the image would have the folder
  std::map<std::string, std::string> variables_;
  std::vector<std::string> environment_;  // NAME=value
  std::vector<std::vector<std::string>> build_;
  std::vector<std::string> entrypoint_, command_;
  std::optional<NoProgram> refusal_;
};

}  // namespace

std::variant<ChosenProgram, NoProgram> recipe_of_dockerfile(std::string_view text, const std::string& name,
                                                            const std::string& folder) {
  return RecipeReader(name, folder).read(text);
}

}  // namespace echolab::submission

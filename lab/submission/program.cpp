#include "lab/submission/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <optional>

#include "lab/base/file.h"
#include "lab/base/text.h"
#include "lab/base/unicode.h"
#include "lab/submission/content_digest.h"
#include "lab/submission/dockerfile.h"
#include "lab/submission/dockerfile_recipe.h"
#include "lab/submission/program_files.h"
#include "lab/submission/recipe_words.h"

namespace echolab::submission {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_named = 6;  // files in one message

std::string beginning_of(const fs::path& file, std::size_t most) {
  const UniqueFd open = open_for_reading(file);  // says what is wrong, which streams don't
  std::ifstream in(file, std::ios::binary);
  std::string text(most, '\0');
  in.read(text.data(), static_cast<std::streamsize>(most));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), most_named); ++i) {
    text += (i == 0 ? "" : ", ") + cut_to_width(escape_for_terminal(names[i]), 60);
  }
  return names.size() > most_named ? text + ", …" : text;
}

class Choice {
 public:
  Choice(const fs::path& folder, plan::Role role, const scenario::Submission& asked)
      : folder_(folder), role_(role), asked_(asked), mine_(role, asked), files_(files_below(folder)) {}

  std::variant<ChosenProgram, NoProgram> choose() const {
    if (files_.empty()) return NoProgram{"no program was handed in", wanted_names()};
    if (const std::string dockerfile = find_dockerfile(); !dockerfile.empty()) {
      const bool in_role_folder = name_of(dockerfile) != dockerfile;
      return recipe_of_dockerfile(beginning_of(folder_ / dockerfile, most_dockerfile_bytes + 1), dockerfile,
                                  in_role_folder ? std::string(folder_of(dockerfile)) : std::string());
    }
    for (const std::string& pattern : mine_.patterns()) {
      for (const scenario::Recipe& recipe : asked_.recipes) {
        if (auto chosen = only_one(mine_.nearest(files_, pattern, recipe), recipe)) return *chosen;
      }
    }
    for (const scenario::Recipe& recipe : asked_.recipes) {
      // Its commands run where it lies, and that is the top: a build file further down belongs to some part.
      std::vector<std::string> found = mine_.build_files(files_, recipe);
      std::erase_if(found, [](const std::string& file) { return name_of(file) != file; });
      if (auto chosen = only_one(found, recipe)) return *chosen;
    }
    return only_file_there_is();
  }

 private:
  std::string find_dockerfile() const {
    const std::string word = word_of(role_);
    std::vector<std::string> names{word + "/Dockerfile", "Dockerfile." + word};
    if (mine_.only_role()) names.emplace_back("Dockerfile");
    for (const std::string& name : names) {
      const auto found =
          std::find_if(files_.begin(), files_.end(), [&](const std::string& file) { return fits(name, file); });
      if (found != files_.end()) return *found;
    }
    return {};
  }

  std::optional<std::variant<ChosenProgram, NoProgram>> only_one(const std::vector<std::string>& found,
                                                                 const scenario::Recipe& recipe) const {
    if (found.empty()) return {};
    if (found.size() == 1) return chosen(found.front(), recipe);
    return NoProgram{fmt::format("the {} could be any of {}: {}", word_of(role_),
                                 counted(found.size(), "file", "files"), listed(found)),
                     fmt::format("name one of them {}", wanted_names())};
  }

  ChosenProgram chosen(const std::string& main, const scenario::Recipe& recipe) const {
    RecipeFiles files{role_, main, beginning_of(folder_ / main, std::size_t{64} << 10), {}};
    const std::string extension = fold_case(extension_of(main));
    for (const std::string& file : files_) {
      const bool same_language = fold_case(extension_of(file)) == extension;
      if (file == main || (same_language && !mine_.others_claim(file) && !is_program_of_its_own(file))) {
        files.sources.push_back(file);
      }
    }
    return fill_recipe(recipe, files);
  }

  // udp_server.c beside tcp_server.c: with two of them nothing links.
  bool is_program_of_its_own(const std::string& file) const {
    const std::string extension = fold_case(extension_of(file));
    const bool c_or_cpp = extension == ".c" || extension == ".cc" || extension == ".cpp" || extension == ".cxx";
    return c_or_cpp && defines_main(beginning_of(folder_ / file, std::size_t{1} << 20));
  }

  std::variant<ChosenProgram, NoProgram> only_file_there_is() const {
    const scenario::Recipe* recipe = nullptr;
    std::vector<std::string> candidates;
    for (const std::string& file : files_) {
      const auto found = std::find_if(asked_.recipes.begin(), asked_.recipes.end(), [&](const scenario::Recipe& each) {
        const std::vector<std::string> patterns = file_patterns(each, true);
        return std::any_of(patterns.begin(), patterns.end(),
                           [&](const std::string& pattern) { return fits(pattern, std::string(name_of(file))); });
      });
      if (found == asked_.recipes.end()) continue;
      if (candidates.empty()) recipe = &*found;
      candidates.push_back(file);
    }
    if (mine_.only_role() && candidates.size() == 1) return chosen(candidates.front(), *recipe);
    return NoProgram{fmt::format("there is no file {}", wanted_names()),
                     fmt::format("handed in were {}", listed(files_))};
  }

  // "server.py, server.c, …"
  std::string wanted_names() const {
    std::vector<std::string> names;
    for (const std::string& pattern : mine_.patterns()) {
      for (const scenario::Recipe& recipe : asked_.recipes) {
        for (const std::string& file : file_patterns(recipe, true)) {
          names.push_back(pattern + std::string(file.starts_with('*') ? extension_of(file) : " (" + file + ")"));
        }
      }
    }
    return listed(names);
  }

  fs::path folder_;
  plan::Role role_;
  const scenario::Submission& asked_;
  RoleFiles mine_;
  std::vector<std::string> files_;
};

}  // namespace

std::variant<ChosenProgram, NoProgram> choose_program(const fs::path& folder, plan::Role role,
                                                      const scenario::Submission& asked) {
  return Choice(folder, role, asked).choose();
}

plan::Bundle bundle_of(const fs::path& folder) {
  return {fs::absolute(folder).lexically_normal().string(), content_digest(folder)};
}

}  // namespace echolab::submission

#pragma once
// Which files of a program folder may be the main file of a role.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "lab/plan/plan.h"
#include "lab/scenario/scenario.h"

namespace echolab::submission {

// Shell patterns (fnmatch(3)) without regard to case.
bool fits(const std::string& pattern, const std::string& name);
std::string_view name_of(std::string_view path);       // without folders
std::string_view stem_of(std::string_view path);       // without folders and the last extension
std::string_view extension_of(std::string_view path);  // ".py", or empty
std::string_view folder_of(std::string_view path);     // "src", or empty at the top
std::string word_of(plan::Role role);                  // "server"

// What the scenario asks for, seen from one role.
class RoleFiles {
 public:
  RoleFiles(plan::Role role, const scenario::Submission& asked);

  const std::vector<std::string>& patterns() const { return patterns_; }
  bool only_role() const { return others_.empty(); }
  // Whether another role has the file: by its name, or because it lies in a folder named as that role.
  bool others_claim(const std::string& path) const;

  // Files whose stem fits this pattern and whose name the recipe knows, the nearest to the top only.
  std::vector<std::string> nearest(const std::vector<std::string>& files, const std::string& pattern,
                                   const scenario::Recipe& recipe) const;
  // Files of a build tool, whose name says nothing of the role: "Makefile".
  std::vector<std::string> build_files(const std::vector<std::string>& files, const scenario::Recipe& recipe) const;

 private:
  std::vector<std::string> patterns_, others_;
  std::string other_word_;
};

// Patterns of a recipe with a wildcard, or those without one.
std::vector<std::string> file_patterns(const scenario::Recipe& recipe, bool with_wildcard);

}  // namespace echolab::submission

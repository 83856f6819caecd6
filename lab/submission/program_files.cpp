#include "lab/submission/program_files.h"

#include <fnmatch.h>

#include <algorithm>

namespace echolab::submission {

namespace {

bool fits_any(const std::vector<std::string>& patterns, std::string_view name) {
  const std::string text(name);
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& each) { return fits(each, text); });
}

std::ptrdiff_t depth_of(std::string_view path) {
  return std::count(path.begin(), path.end(), '/');
}

std::vector<std::string> nearest_of(std::vector<std::string> files) {
  const auto nearer = [](const std::string& a, const std::string& b) { return depth_of(a) < depth_of(b); };
  const auto nearest = std::min_element(files.begin(), files.end(), nearer);
  if (nearest == files.end()) return files;
  const std::ptrdiff_t depth = depth_of(*nearest);
  std::erase_if(files, [&](const std::string& file) { return depth_of(file) > depth; });
  return files;
}

bool has_folder(std::string_view path, std::string_view folder) {
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
    if (fits(std::string(folder), std::string(path.substr(0, slash)))) return true;
    path.remove_prefix(slash + 1);
  }
  return false;
}

}  // namespace

bool fits(const std::string& pattern, const std::string& name) {
  return ::fnmatch(pattern.c_str(), name.c_str(), FNM_CASEFOLD) == 0;
}

std::string_view name_of(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

std::string_view extension_of(std::string_view path) {
  const std::string_view name = name_of(path);
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? std::string_view() : name.substr(dot);
}

std::string_view stem_of(std::string_view path) {
  const std::string_view name = name_of(path);
  return name.substr(0, name.size() - extension_of(path).size());
}

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string word_of(plan::Role role) {
  return role == plan::Role::server ? "server" : "client";
}

RoleFiles::RoleFiles(plan::Role role, const scenario::Submission& asked)
    : patterns_(role == plan::Role::server ? asked.server_files : asked.client_files),
      others_(role == plan::Role::server ? asked.client_files : asked.server_files),
      other_word_(word_of(role == plan::Role::server ? plan::Role::client : plan::Role::server)) {}

bool RoleFiles::others_claim(const std::string& path) const {
  return fits_any(others_, stem_of(path)) || (!others_.empty() && has_folder(path, other_word_));
}

std::vector<std::string> RoleFiles::nearest(const std::vector<std::string>& files, const std::string& pattern,
                                            const scenario::Recipe& recipe) const {
  const std::vector<std::string> names = file_patterns(recipe, true);
  std::vector<std::string> found;
  for (const std::string& file : files) {
    if (fits(pattern, std::string(stem_of(file))) && fits_any(names, name_of(file))) found.push_back(file);
  }
  return nearest_of(std::move(found));
}

std::vector<std::string> RoleFiles::build_files(const std::vector<std::string>& files,
                                                const scenario::Recipe& recipe) const {
  const std::vector<std::string> names = file_patterns(recipe, false);
  std::vector<std::string> found;
  for (const std::string& file : files) {
    if (fits_any(names, name_of(file)) && !others_claim(file)) found.push_back(file);
  }
  return nearest_of(std::move(found));
}

std::vector<std::string> file_patterns(const scenario::Recipe& recipe, bool with_wildcard) {
  std::vector<std::string> patterns = recipe.files;
  std::erase_if(patterns, [&](const std::string& pattern) {
    return (pattern.find_first_of("*?[") != std::string::npos) != with_wildcard;
  });
  return patterns;
}

}  // namespace echolab::submission

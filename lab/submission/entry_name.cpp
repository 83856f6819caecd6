#include "lab/submission/entry_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "lab/base/cp949.h"
#include "lab/base/unicode.h"

namespace echolab::submission {

namespace {

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

template <typename Visit>
void for_each_component(std::string_view path, const Visit& visit) {
  for (;;) {
    const std::size_t slash = path.find('/');
    visit(path.substr(0, slash));
    if (slash == std::string_view::npos) return;
    path.remove_prefix(slash + 1);
  }
}

EntryName refused(std::string reason) {
  return {{}, std::move(reason)};
}

}  // namespace

EntryName clean_name(std::string_view raw, const NameLimits& limits) {
  // Before it is decoded: what is longer than any allowed name needs no conversion.
  if (raw.size() > limits.depth * (limits.name_bytes + 1) * 3) return refused("its name is too long");
  std::string name;
  if (is_utf8(raw)) {
    name = to_nfc(raw);
  } else if (const auto decoded = from_cp949(raw)) {
    name = to_nfc(*decoded);
  } else {
    return refused("its name is neither UTF-8 nor CP949");
  }
  if (std::any_of(name.begin(), name.end(), is_control)) return refused("a control character in its name");
  if (name.find('\\') != std::string::npos) return refused("a backslash in its name");
  const bool on_a_drive = name.size() >= 2 && name[1] == ':' && std::isalpha(static_cast<unsigned char>(name[0])) != 0;
  if (name.starts_with('/') || on_a_drive) return refused("an absolute name");

  EntryName clean;
  std::size_t depth = 0;
  for_each_component(name, [&](std::string_view component) {
    if (!clean.reason.empty() || component.empty() || component == ".") return;
    if (component == "..") {
      clean.reason = "its name leaves the folder (..)";
    } else if (component.size() > limits.name_bytes) {
      clean.reason = fmt::format("its name has more than {} bytes", limits.name_bytes);
    } else if (++depth > limits.depth) {
      clean.reason = fmt::format("more than {} folders deep", limits.depth);
    } else {
      clean.path.append(clean.path.empty() ? "" : "/").append(component);
    }
  });
  if (!clean.reason.empty()) clean.path.clear();
  return clean;
}

bool is_junk(std::string_view path) {
  constexpr std::array<std::string_view, 14> names{
      ".ds_store",   "__macosx", "thumbs.db", "desktop.ini",   ".git",  ".svn",         ".hg",
      "__pycache__", ".idea",    ".vscode",   ".pytest_cache", ".venv", "node_modules", ".gitignore"};
  constexpr std::array<std::string_view, 4> endings{".pyc", ".class", ".o", ".obj"};
  bool junk = false;
  for_each_component(path, [&](std::string_view component) {
    const std::string folded = fold_case(component);
    junk |=
        std::find(names.begin(), names.end(), folded) != names.end() || folded.starts_with("._") ||
        std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return folded.ends_with(ending); });
  });
  return junk;
}

}  // namespace echolab::submission

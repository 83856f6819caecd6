#pragma once
// Names inside submissions, as students' systems wrote them.

#include <cstddef>
#include <string>
#include <string_view>

namespace echolab::submission {

struct NameLimits {
  std::size_t depth = 16;        // components
  std::size_t name_bytes = 255;  // of one component, as NFC: what file systems take
};

// A path of plain components, "src/server.py": UTF-8, composed, safe to create below a folder of ours. Or why not.
struct EntryName {
  std::string path;    // empty: it names the top itself ("./"), or it is refused
  std::string reason;  // not empty: refused
};

// Bytes that are no UTF-8 are read as CP949, which Korean Windows writes into zip archives. "." and repeated slashes are
// dropped; absolute names, "..", backslashes and control characters are refused.
EntryName clean_name(std::string_view raw, const NameLimits& limits);

// What systems and tools leave behind and no program needs: .DS_Store, __MACOSX/, Thumbs.db, .git/, caches, compiled
// files that would hide whether the sources build. docs/submissions.md has the list.
bool is_junk(std::string_view path);

}  // namespace echolab::submission

#pragma once
// The source text of one student's program, as fingerprints (winnowing: Schleimer, Wilkerson, Aiken, "Winnowing: local
// algorithms for document fingerprinting", SIGMOD 2003).

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "lab/copies/source_tokens.h"

namespace echolab::copies {

// Tokens in a fingerprint, and fingerprints of which the smallest is kept: of any gram_length + window - 1 tokens
// (about five lines) that two programs share, one fingerprint is found in both.
inline constexpr std::size_t gram_length = 20, window = 8;

struct TextFile {
  std::string name;  // relative to the program folder, for people: escaped
  SourceTokens source;
};

struct TextMark {
  std::uint64_t digest = 0;
  std::uint32_t file = 0, position = 0;  // index of its first token
  auto operator<=>(const TextMark&) const = default;
};

struct TextPrint {
  std::vector<TextFile> files;
  std::vector<TextMark> marks;  // sorted, one per digest
};

// At most 200 source files and 50,000 tokens of a program are looked at, in order of their names. Links are not
// followed. Never throws for what is in the folder; no folder, no files.
TextPrint print_program(const std::filesystem::path& folder);

}  // namespace echolab::copies

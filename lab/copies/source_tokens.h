#pragma once
// Source text as a sequence of tokens that stays the same when names, comments and layout change.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace echolab::copies {

enum class Syntax : std::uint8_t {
  braces,  // C, C++, Java, C#, JavaScript, TypeScript, Go, Rust, Kotlin, Swift, Scala, PHP
  hashes,  // Python, Ruby, shell: '#' begins a comment
};

// By the file's extension; nullopt when it is no source text that is compared.
std::optional<Syntax> syntax_of(const std::filesystem::path& file);

struct Token {
  std::uint32_t kind = 0;  // equal for all names, all numbers and all strings; else by the token's text
  std::uint32_t line = 0;  // from 1
};

struct SourceTokens {
  std::vector<Token> tokens;
  std::uint64_t text = 0;     // digest of the tokens as they are written, names included
  std::size_t text_size = 0;  // their characters
};

// Never fails: what is no token of any language stands for itself. Comments are left out, and so are lines that import
// (they are alike in everybody's program) and strings with three quotes (Python's documentation). At most `limit`
// tokens.
SourceTokens tokenize(std::string_view source, Syntax syntax, std::size_t limit);

}  // namespace echolab::copies

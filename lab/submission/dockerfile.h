#pragma once
// The lines of a Dockerfile: comments and continuations undone, words told apart. What they mean is dockerfile_recipe.h.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace echolab::submission {

struct DockerInstruction {
  std::size_t line = 0;            // where it begins, from 1
  std::string keyword;             // upper case: "COPY"
  std::string text;                // what follows, in one line
  std::vector<std::string> words;  // of text: the strings of a JSON list, or split at spaces with quotes undone
  bool json = false;               // ["python3", "server.py"]
};

struct DockerMistake {
  std::size_t line = 0;
  std::string message;
};

struct Dockerfile {
  std::vector<DockerInstruction> instructions;
  std::vector<DockerMistake> mistakes;  // the first one only
};

constexpr std::size_t most_dockerfile_bytes = std::size_t{64} << 10;

// Splits at spaces as a shell does: quotes and backslashes are undone. Empty for text with an open quote.
std::vector<std::string> split_words(std::string_view text);

Dockerfile parse_dockerfile(std::string_view text);

}  // namespace echolab::submission

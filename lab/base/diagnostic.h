#pragma once
// A user's mistake in a file: where, what, what is allowed, and what was probably meant. All are reported at once.

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace echolab {

// One-based; column counts characters (code points), as editors do. length is what the caret underlines, at least 1.
// Line 0: the file as a whole.
struct SourceSpan {
  std::size_t line = 1;
  std::size_t column = 1;
  std::size_t length = 1;
};

struct Diagnostic {
  SourceSpan where;
  std::string message;
  std::string hint;  // allowed values, "did you mean 'x'?"; may be empty
};

// Renders like a compiler:
//   scenarios/x.yaml:7:3: error: unknown key 'prot'
//       7 |   prot: udp
//         |   ^^^^
//         = did you mean 'protocol'?
// Source text is escaped for terminals; long lines are cut around the caret. Sorted by position.
std::string render(std::string_view file, std::string_view source, std::vector<Diagnostic> diagnostics);

// Thrown at the boundary of the scenario module when a file has mistakes. Exit status 2.
class InvalidInput : public std::runtime_error {
 public:
  InvalidInput(std::string file, std::string source, std::vector<Diagnostic> diagnostics);
  const std::string& file() const { return file_; }
  const std::string& source() const { return source_; }
  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }  // sorted by position

 private:
  std::string file_, source_;
  std::vector<Diagnostic> diagnostics_;
};

// The candidate nearest to word (edit distance, at most a third of its length), or empty.
std::string_view closest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace echolab

#pragma once
// The text of a scenario with its lines: byte offsets in, lines and columns for people out.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "lab/base/diagnostic.h"

namespace echolab::scenario {

constexpr std::size_t max_file_bytes = 256 * 1024;

class SourceText {
 public:
  // A UTF-8 byte order mark is taken off: Windows editors write one, and no column should count it.
  explicit SourceText(std::string_view bytes);

  const std::string& text() const { return text_; }
  // From the byte at offset, over that many bytes, but never past the end of the line.
  SourceSpan span(std::size_t offset, std::size_t bytes) const;
  // Offset of the first byte of a line (from 1), and the line an offset lies in (from 1).
  std::size_t line_of(std::size_t offset) const;

 private:
  std::string text_;
  std::vector<std::size_t> line_starts_;
};

// What no parser should see: too long, not UTF-8, NUL and other control characters, lone carriage returns, lines that
// begin with a tab. At most one diagnostic, the first of them; empty when the text can be parsed.
std::vector<Diagnostic> find_bad_bytes(const SourceText& source);

}  // namespace echolab::scenario

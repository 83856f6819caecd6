#include "lab/base/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>

#include "lab/base/text.h"

namespace echolab {

namespace {

constexpr std::size_t shown_characters = 100;  // of a source line; longer ones are cut around the caret

std::string_view line_of(std::string_view source, std::size_t line) {
  for (std::size_t i = 1; i < line; ++i) {
    const auto newline = source.find('\n');
    if (newline == std::string_view::npos) return {};
    source.remove_prefix(newline + 1);
  }
  source = source.substr(0, source.find('\n'));
  if (source.ends_with('\r')) source.remove_suffix(1);
  return source;
}

// The source line with a caret line under it, both from the same window of characters.
std::string excerpt(std::string_view line, const SourceSpan& where) {
  const std::vector<std::string_view> characters = split_characters(line);
  const std::size_t caret = std::min(where.column - 1, characters.size());
  const std::size_t begin = caret < shown_characters ? 0 : caret - shown_characters / 2;
  const std::size_t end = std::min(characters.size(), begin + shown_characters);

  std::string text = begin > 0 ? "…" : "";
  std::string marks = begin > 0 ? " " : "";
  const std::size_t last = std::max(caret + 1, std::min(caret + where.length, end));
  for (std::size_t i = begin; i < end; ++i) {
    const std::string shown = characters[i] == "\t" ? " " : escape_for_terminal(characters[i]);
    text += shown;
    if (i < last) marks.append(display_width(shown), i < caret ? ' ' : '^');
  }
  if (caret >= end) marks += '^';
  if (end < characters.size()) text += "…";
  return fmt::format("{:5} | {}\n      | {}\n", where.line, text, marks);
}

}  // namespace

std::string render(std::string_view file, std::string_view source, std::vector<Diagnostic> diagnostics) {
  std::stable_sort(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::pair(a.where.line, a.where.column) < std::pair(b.where.line, b.where.column);
  });
  std::string out;
  for (const Diagnostic& d : diagnostics) {
    const bool whole_file = d.where.line == 0;
    const std::string place = whole_file ? "" : fmt::format(":{}:{}", d.where.line, d.where.column);
    out += fmt::format("{}{}: error: {}\n", escape_for_terminal(file), place, escape_for_terminal(d.message));
    if (!whole_file) out += excerpt(line_of(source, d.where.line), d.where);
    if (!d.hint.empty()) out += fmt::format("      = {}\n", escape_for_terminal(d.hint));
  }
  return out;
}

InvalidInput::InvalidInput(std::string file, std::string source, std::vector<Diagnostic> diagnostics)
    : std::runtime_error(fmt::format("{}: {} mistake{}", file, diagnostics.size(), diagnostics.size() == 1 ? "" : "s")),
      file_(std::move(file)),
      source_(std::move(source)),
      diagnostics_(std::move(diagnostics)) {
  std::stable_sort(diagnostics_.begin(), diagnostics_.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::pair(a.where.line, a.where.column) < std::pair(b.where.line, b.where.column);
  });
}

namespace {

// Edit distance in which swapping two neighbours is one step, as a typist makes it ("optimal string alignment").
std::size_t edit_distance(std::string_view a, std::string_view b) {
  const std::size_t width = b.size() + 1;
  std::vector<std::size_t> table((a.size() + 1) * width);
  const auto at = [&](std::size_t i, std::size_t j) -> std::size_t& { return table[i * width + j]; };
  for (std::size_t i = 0; i <= a.size(); ++i) at(i, 0) = i;
  for (std::size_t j = 0; j <= b.size(); ++j) at(0, j) = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      at(i, j) = std::min({at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        at(i, j) = std::min(at(i, j), at(i - 2, j - 2) + 1);
      }
    }
  }
  return at(a.size(), b.size());
}

}  // namespace

std::string_view closest(std::string_view word, const std::vector<std::string_view>& candidates) {
  constexpr std::size_t longest = 64;  // no key is longer, and the table below grows with the square
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  if (word.size() > longest) return best;
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace echolab

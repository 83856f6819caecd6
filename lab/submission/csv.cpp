#include "lab/submission/csv.h"

#include <algorithm>
#include <array>

namespace echolab::submission {

namespace {

// Beside ASCII's, what spreadsheets and Korean input methods leave: no-break space, ideographic space.
constexpr std::array<std::string_view, 7> spaces{" ", "\t", "\r", "\n", "\u00a0", "\u3000", "\ufeff"};

std::string_view trimmed(std::string_view text) {
  const auto cut = [&](auto&& has, auto&& remove) {
    while (std::any_of(spaces.begin(), spaces.end(), [&](std::string_view space) {
      if (!has(space)) return false;
      remove(space.size());
      return true;
    })) {
    }
  };
  cut([&](std::string_view space) { return text.starts_with(space); }, [&](std::size_t n) { text.remove_prefix(n); });
  cut([&](std::string_view space) { return text.ends_with(space); }, [&](std::size_t n) { text.remove_suffix(n); });
  return text;
}

// ="20261234" is how one tells a spreadsheet that digits are text.
std::string_view without_text_marks(std::string_view text) {
  if (text.size() >= 3 && text.starts_with("=\"") && text.ends_with('"')) return text.substr(2, text.size() - 3);
  return text;
}

char separator_of(std::string_view text) {
  constexpr std::array<char, 3> candidates{',', ';', '\t'};
  std::array<std::size_t, 3> counts{};
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (!quoted && c == '\n') break;
    for (std::size_t i = 0; i < candidates.size(); ++i) counts[i] += !quoted && c == candidates[i] ? 1u : 0u;
  }
  return candidates[static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin())];
}

class Parser {
 public:
  Parser(std::string_view text, std::size_t begin, Csv& csv) : text_(text), at_(begin), csv_(csv) {}

  void parse() {
    while (at_ < text_.size()) row();
  }

 private:
  bool at_line_end() const { return text_[at_] == '\n' || text_.substr(at_, 2) == "\r\n"; }
  bool at_cell_end() const { return at_ >= text_.size() || text_[at_] == csv_.separator || at_line_end(); }

  void row() {
    CsvRow& row = csv_.rows.emplace_back();
    row.offset = at_;
    for (;;) {
      row.cells.push_back(cell());
      if (at_ >= text_.size()) return;
      if (at_line_end()) {
        at_ += text_[at_] == '\r' ? 2u : 1u;
        return;
      }
      ++at_;  // the separator
      if (at_ == text_.size()) {
        row.cells.push_back({{}, at_, 0});
        return;
      }
    }
  }

  CsvCell cell() {
    const std::size_t begin = at_;
    std::string text;
    if (text_[at_] == '"') {
      quoted(text);
    } else {
      while (!at_cell_end()) ++at_;
      text = text_.substr(begin, at_ - begin);
    }
    return {std::string(without_text_marks(trimmed(text))), begin, at_ - begin};
  }

  void quoted(std::string& text) {
    const std::size_t opened = at_++;
    for (;; ++at_) {
      if (at_ >= text_.size()) {
        csv_.mistakes.push_back(
            {opened, 1, "this quote is never closed", "a quote inside a cell is written twice: \"\""});
        return;
      }
      if (text_[at_] != '"') {
        text += text_[at_];
      } else if (text_.substr(at_, 2) == "\"\"") {
        text += '"';
        ++at_;
      } else {
        break;
      }
    }
    const std::size_t after = ++at_;
    while (!at_cell_end()) ++at_;
    if (!trimmed(text_.substr(after, at_ - after)).empty()) {
      csv_.mistakes.push_back({after, at_ - after, "text after the closing quote of a cell",
                               "a quote inside a cell is written twice: \"\""});
    }
  }

  std::string_view text_;
  std::size_t at_;
  Csv& csv_;
};

}  // namespace

bool CsvRow::blank() const {
  return std::all_of(cells.begin(), cells.end(), [](const CsvCell& cell) { return cell.text.empty(); });
}

Csv read_csv(std::string_view text) {
  Csv csv;
  std::size_t begin = 0;
  const std::string_view first_line = trimmed(text.substr(0, text.find('\n')));
  if (text.starts_with("sep=") && text.size() > 4 && (first_line.size() == 5 || text[4] == '\t')) {
    csv.separator = text[4];
    begin = std::min(text.size(), text.find('\n') == std::string_view::npos ? text.size() : text.find('\n') + 1);
  } else {
    csv.separator = separator_of(text);
  }
  Parser(text, begin, csv).parse();
  return csv;
}

}  // namespace echolab::submission

#include "lab/report/table.h"

#include <algorithm>
#include <cassert>

#include "lab/base/text.h"

namespace echolab::report {

std::string Style::paint(std::string_view text, Emphasis emphasis) const {
  if (!colour || emphasis == Emphasis::none) return std::string(text);
  const char* code = "";
  switch (emphasis) {  // SGR codes of ECMA-48; the bright ones are readable on light and dark
    case Emphasis::good:
      code = "\x1b[32m";
      break;
    case Emphasis::bad:
      code = "\x1b[1;31m";
      break;
    case Emphasis::warning:
      code = "\x1b[33m";
      break;
    case Emphasis::dim:
      code = "\x1b[2m";
      break;
    case Emphasis::strong:
      code = "\x1b[1m";
      break;
    case Emphasis::none:
      break;
  }
  return code + std::string(text) + "\x1b[0m";
}

void Table::add_row(std::vector<Cell> cells) {
  assert(cells.size() == columns_.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    cells[i].text = cut_to_width(escape_for_terminal(cells[i].text), columns_[i].widest);
  }
  rows_.push_back(std::move(cells));
}

std::string Table::render(const Style& style, std::string_view indent) const {
  std::vector<std::size_t> widths;
  for (const Column& column : columns_) widths.push_back(display_width(column.title));
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i].text));
  }
  std::string out;
  const auto add_line = [&](const auto& cell_at) {
    std::string line(indent);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const Cell cell = cell_at(i);
      const bool right = columns_[i].align == Align::right;
      // The last column is not padded: no spaces at line ends.
      const std::string padded = right                      ? pad_left(cell.text, widths[i])
                                 : i + 1 == columns_.size() ? cell.text
                                                            : pad_right(cell.text, widths[i]);
      if (i > 0) line += "  ";
      line += style.paint(padded, cell.emphasis);
    }
    out += line + "\n";
  };
  add_line([&](std::size_t i) { return Cell{columns_[i].title, Emphasis::dim}; });
  for (const auto& row : rows_) add_line([&](std::size_t i) { return row[i]; });
  return out;
}

}  // namespace echolab::report

#pragma once
// Tables for people: columns line up also with Korean text, and no cell can drive the terminal.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace echolab::report {

// How to emphasise; nothing is said by colour alone.
enum class Emphasis : std::uint8_t { none, good, bad, warning, dim, strong };

// Colours only where the caller knows a terminal that wants them.
struct Style {
  bool colour = false;
  std::string paint(std::string_view text, Emphasis emphasis) const;
};

struct Cell {
  std::string text;
  Emphasis emphasis = Emphasis::none;
};

class Table {
 public:
  enum class Align : std::uint8_t { left, right };
  struct Column {
    std::string title;
    Align align = Align::left;
    std::size_t widest = 60;  // longer cells are cut with "…"
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void add_row(std::vector<Cell> cells);  // as many cells as columns; text is escaped here
  bool empty() const { return rows_.empty(); }
  std::string render(const Style& style, std::string_view indent = "") const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace echolab::report

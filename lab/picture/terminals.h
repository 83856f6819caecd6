#pragma once
// A picture of terminals side by side, as a student would take it: monospaced cells, Korean text two cells wide.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace echolab::picture {

// What a program wrote to its terminal, bytes as they came: colours (SGR) are shown, every other escape sequence is not
// obeyed; bytes that are not UTF-8 are read as CP949 when that makes sense of the whole line, else shown as escapes.
struct Terminal {
  std::string title;
  std::string transcript;
};

struct Size {
  int columns = 80;  // of each terminal; longer lines wrap
  int rows = 40;     // of the longest; of more lines the beginning and the end are kept, with a line that says how many are left out
};

// Cells before pixels: what tests compare, and what makes the picture the same everywhere.
struct Cell {
  std::string text;  // one grapheme; empty: blank, or the right half of a wide one
  std::uint32_t foreground = 0xd8d8d8, background = 0x1e1e1e;  // 0xRRGGBB
  bool bold = false, wide = false;
  bool operator==(const Cell&) const = default;
};
struct Grid {
  int columns = 0, rows = 0;
  std::vector<Cell> cells;  // row by row
  const Cell& at(int row, int column) const { return cells[static_cast<std::size_t>(row * columns + column)]; }
};

// Header line over all, then the terminals side by side, each with its title.
Grid lay_out(const std::string& header, const std::vector<Terminal>& terminals, const Size& size = {});

struct CellPixels {
  int width = 0, height = 0, margin = 0;
};
CellPixels cell_pixels();
// 8-bit RGB PNG, written atomically. Throws EnvironmentError when the fonts (D2Coding, DejaVu Sans Mono) can't be loaded
// or the file can't be written.
void write_png(const Grid& grid, const std::filesystem::path& file);

}  // namespace echolab::picture

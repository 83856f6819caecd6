#pragma once
// A picture of terminals side by side, as a student would take it: monospaced cells, Korean text two cells wide.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace echolab::picture {

// What a program wrote to its terminal, bytes as they came. Colours (SGR), carriage return, backspace and tab are obeyed;
// every other control and escape sequence is shown, dim, as all reports show it: "\x1b[2J". A line that is not UTF-8 is
// read as CP949 when all of it makes sense so, else its odd bytes are shown: "\xff".
struct Terminal {
  std::string title;
  std::string transcript;
};

struct Size {
  int columns = 80;  // of each terminal, at least 2; longer lines wrap
  int rows =
      40;  // at most, at least 3; of more the beginning and the end are kept, and a row between says how many are left out
};

// Cells before pixels: what tests compare, and what makes the picture the same everywhere.
struct Cell {
  std::string text;  // one grapheme; empty: blank, or the right half of a wide one
  std::uint32_t foreground = 0xd8d8d8, background = 0x1e1e1e;  // 0xRRGGBB
  bool bold = false, wide = false;
  bool operator==(const Cell&) const = default;
};
// A terminal's window, title bar included, in cells; its corners are round in the picture.
struct Window {
  int row = 0, column = 0, rows = 0, columns = 0;
  bool operator==(const Window&) const = default;
};
struct Grid {
  int columns = 0, rows = 0;
  std::vector<Cell> cells;  // row by row
  std::vector<Window> windows;
  const Cell& at(int row, int column) const { return cells[static_cast<std::size_t>(row * columns + column)]; }
};

// Header line over all, then the terminals side by side, each with its title.
Grid lay_out(const std::string& header, const std::vector<Terminal>& terminals, const Size& size = {});

struct CellPixels {
  int width = 0, height = 0, margin = 0;
};
CellPixels cell_pixels();
// 8-bit RGB PNG, published by rename; equal grids give equal bytes with the same fonts and libraries. The fonts D2Coding
// and DejaVu Sans Mono are taken from where Debian puts them, or from the folder that ECHOLAB_FONTS names. Throws
// EnvironmentError when they can't be loaded or the file can't be written.
void write_png(const Grid& grid, const std::filesystem::path& file);

}  // namespace echolab::picture

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace echolab::picture {

// Cells are so many pixels; the letters' advance decides the width (fonts.cpp).
constexpr int cell_width = 9, cell_height = 22;
constexpr int baseline = 17;  // of the letters, below a cell's top

// How much of each pixel is ink: 0 to 255, row by row. `left` and `top` are relative to the cell's corner.
struct Glyph {
  int left = 0, top = 0, width = 0, height = 0;
  std::vector<std::uint8_t> coverage;

  Glyph() = default;
  Glyph(int glyph_width, int glyph_height)
      : width(glyph_width),
        height(glyph_height),
        coverage(static_cast<std::size_t>(glyph_width) * static_cast<std::size_t>(glyph_height)) {}
  std::uint8_t& at(int x, int y) {
    return coverage[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
  }
  std::uint8_t at(int x, int y) const { return const_cast<Glyph&>(*this).at(x, y); }
};

}  // namespace echolab::picture

#pragma once
// Cells to pixels, one row of cells at a time: a picture is never whole in memory.

#include <cstdint>
#include <vector>

#include "lab/picture/fonts.h"
#include "lab/picture/terminals.h"

namespace echolab::picture {

constexpr int page_margin = 18;  // pixels around the cells

class Painter {
 public:
  // The grid must outlive the painter.
  Painter(const Grid& grid, Fonts& fonts);

  int width() const { return width_; }  // of the picture, with margins
  int height() const { return height_; }
  // cell_height rows of width() pixels, three bytes each. Valid until the next call.
  const std::vector<std::uint8_t>& paint(int row);

 private:
  void fill(int left, int right, std::uint32_t colour);
  void draw(const Cell& cell, int left);
  void draw(const Glyph& glyph, int left, std::uint32_t colour);
  void blend(int x, int y, std::uint32_t colour, unsigned coverage);
  void draw_edges(const Window& window, int row);

  const Grid& grid_;
  Fonts& fonts_;
  int width_, height_;
  std::vector<std::uint8_t> pixels_;
};

}  // namespace echolab::picture

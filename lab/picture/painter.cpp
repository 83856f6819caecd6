#include "lab/picture/painter.h"

#include <utf8proc.h>

#include <algorithm>
#include <cmath>

#include "lab/base/text.h"
#include "lab/picture/colours.h"

namespace echolab::picture {

namespace {

// In pixels, of windows.
constexpr int corner_radius = 8;
constexpr int bar_excess = 5;  // of the title bar above and below its cells

char32_t code_point_of(std::string_view character) {
  utf8proc_int32_t value = 0;
  utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(character.data()),
                   static_cast<utf8proc_ssize_t>(character.size()), &value);
  return static_cast<char32_t>(value);
}

// They choose between the looks of a letter and have none of their own.
bool is_variation_selector(char32_t character) {
  return (character >= 0xfe00 && character <= 0xfe0f) || (character >= 0xe0100 && character <= 0xe01ef);
}

}  // namespace

CellPixels cell_pixels() {
  return {cell_width, cell_height, page_margin};
}

Painter::Painter(const Grid& grid, Fonts& fonts)
    : grid_(grid),
      fonts_(fonts),
      width_(grid.columns * cell_width + 2 * page_margin),
      height_(grid.rows * cell_height + 2 * page_margin),
      pixels_(static_cast<std::size_t>(width_) * cell_height * 3) {}

const std::vector<std::uint8_t>& Painter::paint(int row) {
  fill(0, width_, page_colour);
  // Backgrounds first: letters may reach a little into the next cell.
  for (int column = 0; column < grid_.columns; ++column) {
    const int left = page_margin + column * cell_width;
    fill(left, left + cell_width, grid_.at(row, column).background);
  }
  for (int column = 0; column < grid_.columns; ++column) {
    draw(grid_.at(row, column), page_margin + column * cell_width);
  }
  for (const Window& window : grid_.windows) draw_edges(window, row);
  return pixels_;
}

void Painter::fill(int left, int right, std::uint32_t colour) {
  for (int y = 0; y < cell_height; ++y) {
    for (int x = left; x < right; ++x) blend(x, y, colour, 255);
  }
}

void Painter::draw(const Cell& cell, int left) {
  const int cells = cell.wide ? 2 : 1;
  for (const std::string_view character : split_characters(cell.text)) {
    const char32_t code_point = code_point_of(character);
    if (code_point == ' ' || is_variation_selector(code_point)) continue;
    draw(fonts_.glyph(code_point, cell.bold, cells), left, cell.foreground);
  }
}

void Painter::draw(const Glyph& glyph, int left, std::uint32_t colour) {
  for (int y = std::max(0, -glyph.top); y < std::min(glyph.height, cell_height - glyph.top); ++y) {
    for (int x = 0; x < glyph.width; ++x) {
      const int at = left + glyph.left + x;
      if (at >= 0 && at < width_) blend(at, glyph.top + y, colour, glyph.at(x, y));
    }
  }
}

void Painter::blend(int x, int y, std::uint32_t colour, unsigned coverage) {
  const auto at = (static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) + static_cast<std::size_t>(x)) * 3;
  for (const unsigned channel : {0u, 1u, 2u}) {
    std::uint8_t& pixel = pixels_[at + channel];
    const unsigned ink = colour >> (16 - 8 * channel) & 0xff;
    pixel = static_cast<std::uint8_t>((pixel * (255 - coverage) + ink * coverage + 127) / 255);
  }
}

// What of a window does not follow the cells: its title bar is higher than one of them, and its corners are round.
void Painter::draw_edges(const Window& window, int row) {
  // From here on y counts from the window's first cell; this row of cells begins at `origin`.
  const int origin = (row - window.row) * cell_height;
  const int left = page_margin + window.column * cell_width, right = left + window.columns * cell_width;
  const int top = -bar_excess, bottom = window.rows * cell_height;
  const auto each_row = [&](int from, int to, const auto& paint) {
    for (int y = std::max(from, origin); y < std::min(to, origin + cell_height); ++y) paint(y);
  };
  const auto paint_bar = [&](int y) {
    for (int x = left; x < right; ++x) blend(x, y - origin, title_bar_colour, 255);
  };
  each_row(top, 0, paint_bar);
  each_row(cell_height, cell_height + bar_excess, paint_bar);
  // How much of the page shows, for a pixel so far from the corner.
  const auto page_at = [](int x, int y) {
    const double outside = std::hypot(corner_radius - x - 0.5, corner_radius - y - 0.5) - corner_radius + 0.5;
    return static_cast<unsigned>(std::lround(std::clamp(outside, 0.0, 1.0) * 255));
  };
  const auto paint_corners = [&](int y, int from_edge) {
    for (int x = 0; x < corner_radius; ++x) {
      for (const int at : {left + x, right - 1 - x}) blend(at, y - origin, page_colour, page_at(x, from_edge));
    }
  };
  each_row(top, top + corner_radius, [&](int y) { paint_corners(y, y - top); });
  each_row(bottom - corner_radius, bottom, [&](int y) { paint_corners(y, bottom - 1 - y); });
}

}  // namespace echolab::picture

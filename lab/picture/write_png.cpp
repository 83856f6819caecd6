#include "lab/picture/colours.h"
#include "lab/picture/painter.h"
#include "lab/picture/png_file.h"

namespace echolab::picture {

namespace {

void write_margin(PngFile& png, int width) {
  std::vector<std::uint8_t> row;
  for (int x = 0; x < width; ++x) {
    for (const int shift : {16, 8, 0}) row.push_back(static_cast<std::uint8_t>(page_colour >> shift & 0xff));
  }
  for (int y = 0; y < page_margin; ++y) png.write_row(row);
}

}  // namespace

void write_png(const Grid& grid, const std::filesystem::path& file) {
  Fonts fonts;
  Painter painter(grid, fonts);
  PngFile png(file, painter.width(), painter.height());
  write_margin(png, painter.width());
  const std::size_t row_bytes = static_cast<std::size_t>(painter.width()) * 3;
  for (int row = 0; row < grid.rows; ++row) {
    const std::span<const std::uint8_t> pixels = painter.paint(row);
    for (std::size_t y = 0; y < cell_height; ++y) png.write_row(pixels.subspan(y * row_bytes, row_bytes));
  }
  write_margin(png, painter.width());
  png.publish();
}

}  // namespace echolab::picture

#pragma once
// A picture as other programs see it, and how two of them differ, cell by cell.

#include <png.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "lab/picture/terminals.h"

namespace echolab::test {

struct DecodedPng {
  int width = 0, height = 0;
  std::vector<std::uint8_t> pixels;  // red, green, blue

  explicit DecodedPng(const std::filesystem::path& file) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    if (png_image_begin_read_from_file(&image, file.c_str()) == 0) throw std::runtime_error(image.message);
    image.format = PNG_FORMAT_RGB;
    pixels.resize(PNG_IMAGE_SIZE(image));
    if (png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr) == 0) throw std::runtime_error(image.message);
    width = static_cast<int>(image.width);
    height = static_cast<int>(image.height);
  }
  std::array<int, 3> at(int x, int y) const {
    const auto first =
        (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)) * 3;
    return {pixels[first], pixels[first + 1], pixels[first + 2]};
  }
};

// One sentence per cell whose pixels differ by more than `tolerance` of 255 on average; another release of FreeType may
// shade the edges of letters a little differently.
inline std::vector<std::string> differing_cells(const picture::Grid& grid, const DecodedPng& got,
                                                const DecodedPng& wanted, double tolerance = 8) {
  if (got.width != wanted.width || got.height != wanted.height) {
    return {"the picture has " + std::to_string(got.width) + " × " + std::to_string(got.height) + " pixels, wanted " +
            std::to_string(wanted.width) + " × " + std::to_string(wanted.height)};
  }
  const picture::CellPixels cell = picture::cell_pixels();
  std::vector<std::string> differences;
  for (int row = 0; row < grid.rows; ++row) {
    for (int column = 0; column < grid.columns; ++column) {
      long sum = 0;
      for (int y = 0; y < cell.height; ++y) {
        for (int x = 0; x < cell.width; ++x) {
          const int px = cell.margin + column * cell.width + x, py = cell.margin + row * cell.height + y;
          const auto a = got.at(px, py), b = wanted.at(px, py);
          for (std::size_t i = 0; i < 3; ++i) sum += std::abs(a[i] - b[i]);
        }
      }
      const double mean = static_cast<double>(sum) / (3 * cell.width * cell.height);
      if (mean <= tolerance) continue;
      differences.push_back("row " + std::to_string(row) + ", column " + std::to_string(column) + ", '" +
                            grid.at(row, column).text + "': " + std::to_string(mean) + " of 255 on average");
    }
  }
  return differences;
}

}  // namespace echolab::test

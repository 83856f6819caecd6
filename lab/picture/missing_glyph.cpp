#include "lab/picture/missing_glyph.h"

#include <array>
#include <cstdint>

namespace echolab::picture {

namespace {

constexpr int digit_width = 3, digit_height = 5;
constexpr std::uint8_t frame_ink = 110, digit_ink = 220;

// Hexadecimal digits of 3 × 5 pixels: five rows of three bits, the top row in the highest bits.
constexpr std::array<std::uint16_t, 16> digits{
    0b111101101101111, 0b010110010010111, 0b111001111100111, 0b111001011001111, 0b101101111001001, 0b111100111001111,
    0b111100111101111, 0b111001010010010, 0b111101111101111, 0b111101111001111, 0b010101111101101, 0b110101110101110,
    0b011100100100011, 0b110101101101110, 0b111100110100111, 0b111100110100100};

void draw_digit(Glyph& glyph, int left, int top, unsigned value) {
  for (int y = 0; y < digit_height; ++y) {
    for (int x = 0; x < digit_width; ++x) {
      const int bit = (digit_height - 1 - y) * digit_width + (digit_width - 1 - x);
      if ((digits[value] >> bit & 1) != 0) glyph.at(left + x, top + y) = digit_ink;
    }
  }
}

}  // namespace

Glyph missing_glyph(char32_t character, int cells) {
  Glyph glyph(cell_width * cells, cell_height);
  const int left = 0, right = glyph.width - 1, top = 2, bottom = cell_height - 3;
  for (int x = left; x <= right; ++x) glyph.at(x, top) = glyph.at(x, bottom) = frame_ink;
  for (int y = top; y <= bottom; ++y) glyph.at(left, y) = glyph.at(right, y) = frame_ink;

  // Two rows: at least four digits, six for what lies beyond the basic plane in a wide cell or three rows of two.
  const int count = character > 0xffff ? 6 : 4;
  const int in_row = cells == 2 ? count / 2 : 2, rows = count / in_row;
  const int block_width = in_row * (digit_width + 1) - 1, block_height = rows * (digit_height + 1) - 1;
  const int x0 = (glyph.width - block_width) / 2, y0 = (cell_height - block_height) / 2;
  for (int i = 0; i < count; ++i) {
    const unsigned value = character >> (4 * (count - 1 - i)) & 15;
    draw_digit(glyph, x0 + i % in_row * (digit_width + 1), y0 + i / in_row * (digit_height + 1), value);
  }
  return glyph;
}

}  // namespace echolab::picture

#include "lab/picture/box_drawing.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace echolab::picture {

namespace {

enum Weight : int { none, light, heavy, twice };  // of an arm: one thin line, a thick one, two thin ones

// U+2500 to U+257F: weights of the arms up, right, down and left. What arms can't say (dashes, arcs, diagonals) is drawn
// on its own below.
constexpr std::array<std::string_view, 128> arms{
    "0101", "0202", "1010", "2020", "0101", "0202", "1010", "2020", "0101", "0202", "1010", "2020", "0110",
    "0210", "0120", "0220", "0011", "0012", "0021", "0022", "1100", "1200", "2100", "2200", "1001", "1002",
    "2001", "2002", "1110", "1210", "2110", "1120", "2120", "2210", "1220", "2220", "1011", "1012", "2011",
    "1021", "2021", "2012", "1022", "2022", "0111", "0112", "0211", "0212", "0121", "0122", "0221", "0222",
    "1101", "1102", "1201", "1202", "2101", "2102", "2201", "2202", "1111", "1112", "1211", "1212", "2111",
    "1121", "2121", "2112", "2211", "1122", "1221", "2212", "1222", "2122", "2221", "2222", "0101", "0202",
    "1010", "2020", "0303", "3030", "0310", "0130", "0330", "0013", "0031", "0033", "1300", "3100", "3300",
    "1003", "3001", "3003", "1310", "3130", "3330", "1013", "3031", "3033", "0313", "0131", "0333", "1303",
    "3101", "3303", "1313", "3131", "3333", "0110", "0011", "1001", "1100", "0000", "0000", "0000", "0001",
    "1000", "0100", "0010", "0002", "2000", "0200", "0020", "0201", "1020", "0102", "2010"};

constexpr int centre_x = cell_width / 2, centre_y = cell_height / 2;  // the pixel that thin lines go through
constexpr int apart = 2;                                              // from the centre to each line of a double one

void fill(Glyph& glyph, int left, int top, int right, int bottom, int ink = 255) {
  for (int y = std::max(top, 0); y < std::min(bottom, glyph.height); ++y) {
    for (int x = std::max(left, 0); x < std::min(right, glyph.width); ++x) {
      glyph.at(x, y) = static_cast<std::uint8_t>(ink);
    }
  }
}

// One arm, as if it went right: `left_hand` and `right_hand` are the arms beside it as seen along it, `opposite` goes on
// behind the centre. paint(from, to, across, thickness) fills a bar that begins `from` pixels before or behind the centre.
template <typename Paint>
void draw_arm(int weight, int left_hand, int right_hand, int opposite, const Paint& paint) {
  if (weight == none) return;
  if (weight != twice) {
    const int half = weight == heavy ? 1 : 0;
    int from = -half;
    if (opposite == none && left_hand == twice && right_hand == twice)
      from = apart;
    else if (opposite == none && (left_hand == twice || right_hand == twice))
      from = -apart;
    else if (left_hand == heavy || right_hand == heavy)
      from = -1;
    return paint(from, -half, 2 * half + 1);
  }
  for (const int side : {-apart, apart}) {
    const int near = side < 0 ? left_hand : right_hand, far = side < 0 ? right_hand : left_hand;
    const int from = near == twice ? apart : near != none ? 0 : far == twice ? -apart : 0;
    paint(from, side, 1);
  }
}

void draw_arms(Glyph& glyph, std::string_view code) {
  const int up = code[0] - '0', right = code[1] - '0', down = code[2] - '0', left = code[3] - '0';
  draw_arm(right, up, down, left, [&](int from, int across, int thick) {
    fill(glyph, centre_x + from, centre_y + across, cell_width, centre_y + across + thick);
  });
  draw_arm(left, down, up, right, [&](int from, int across, int thick) {
    fill(glyph, 0, centre_y - across - thick + 1, centre_x - from + 1, centre_y - across + 1);
  });
  draw_arm(down, right, left, up, [&](int from, int across, int thick) {
    fill(glyph, centre_x - across - thick + 1, centre_y + from, centre_x - across + 1, cell_height);
  });
  draw_arm(up, left, right, down, [&](int from, int across, int thick) {
    fill(glyph, centre_x + across, 0, centre_x + across + thick, centre_y - from + 1);
  });
}

// Free pixels between the strokes of a line: `strokes` of them per cell.
void cut_dashes(Glyph& glyph, bool vertical, int strokes) {
  const int length = vertical ? cell_height : cell_width;
  for (int i = 0; i < strokes; ++i) {
    const int end = (i + 1) * length / strokes, space = vertical ? 2 : 1;
    if (vertical)
      fill(glyph, 0, end - space, cell_width, end, 0);
    else
      fill(glyph, end - space, 0, end, cell_height, 0);
  }
}

// Ink of a line one pixel thick whose middle is so far away.
void ink(Glyph& glyph, int x, int y, double distance) {
  const double coverage = std::clamp(1.0 - distance, 0.0, 1.0);
  glyph.at(x, y) = std::max(glyph.at(x, y), static_cast<std::uint8_t>(std::lround(coverage * 255)));
}

void draw_diagonal(Glyph& glyph, bool rising) {
  const double length = std::hypot(cell_width, cell_height);
  for (int y = 0; y < cell_height; ++y) {
    for (int x = 0; x < cell_width; ++x) {
      const double px = x + 0.5, py = rising ? cell_height - y - 0.5 : y + 0.5;
      ink(glyph, x, y, std::abs(px * cell_height - py * cell_width) / length);
    }
  }
}

// A quarter of a circle around the point `radius` away from the centre towards the two arms, and the rest of the arms.
void draw_arc(Glyph& glyph, bool to_right, bool to_down) {
  constexpr double radius = 4;
  for (int y = 0; y < cell_height; ++y) {
    for (int x = 0; x < cell_width; ++x) {
      const double along_x = (to_right ? 1 : -1) * (x - centre_x), along_y = (to_down ? 1 : -1) * (y - centre_y);
      if (along_x >= radius) {
        ink(glyph, x, y, std::abs(along_y));
      } else if (along_y >= radius) {
        ink(glyph, x, y, std::abs(along_x));
      } else {
        ink(glyph, x, y, std::abs(std::hypot(radius - along_x, radius - along_y) - radius));
      }
    }
  }
}

Glyph line(char32_t character) {
  Glyph glyph(cell_width, cell_height);
  if (character >= 0x256d && character <= 0x2570) {
    draw_arc(glyph, character == 0x256d || character == 0x2570, character <= 0x256e);
  } else if (character >= 0x2571 && character <= 0x2573) {
    if (character != 0x2572) draw_diagonal(glyph, true);
    if (character != 0x2571) draw_diagonal(glyph, false);
  } else {
    draw_arms(glyph, arms[character - 0x2500]);
  }
  if (character >= 0x2504 && character <= 0x250b) {
    cut_dashes(glyph, (character & 2) != 0, character < 0x2508 ? 3 : 4);
  } else if (character >= 0x254c && character <= 0x254f) {
    cut_dashes(glyph, character >= 0x254e, 2);
  }
  return glyph;
}

// U+2580 to U+259F.
Glyph block(char32_t character) {
  Glyph glyph(cell_width, cell_height);
  const auto eighths = [](int length, char32_t count) { return (length * static_cast<int>(count) + 4) / 8; };
  const int middle_x = (cell_width + 1) / 2, middle_y = cell_height / 2;
  if (character == 0x2580) {  // upper half
    fill(glyph, 0, 0, cell_width, middle_y);
  } else if (character <= 0x2588) {  // lower eighths
    fill(glyph, 0, cell_height - eighths(cell_height, character - 0x2580), cell_width, cell_height);
  } else if (character <= 0x258f) {  // left eighths, seven to one
    fill(glyph, 0, 0, std::max(1, eighths(cell_width, 0x2590 - character)), cell_height);
  } else if (character == 0x2590) {  // right half
    fill(glyph, middle_x, 0, cell_width, cell_height);
  } else if (character <= 0x2593) {  // shades
    fill(glyph, 0, 0, cell_width, cell_height, static_cast<int>(character - 0x2590) * 64);
  } else if (character == 0x2594) {  // upper eighth
    fill(glyph, 0, 0, cell_width, eighths(cell_height, 1));
  } else if (character == 0x2595) {  // right eighth
    fill(glyph, cell_width - 1, 0, cell_width, cell_height);
  } else {  // quadrants: upper left 1, upper right 2, lower left 4, lower right 8
    constexpr std::array<int, 10> quadrants{4, 8, 1, 13, 9, 7, 11, 2, 6, 14};
    const int set = quadrants[character - 0x2596];
    if ((set & 1) != 0) fill(glyph, 0, 0, middle_x, middle_y);
    if ((set & 2) != 0) fill(glyph, middle_x, 0, cell_width, middle_y);
    if ((set & 4) != 0) fill(glyph, 0, middle_y, middle_x, cell_height);
    if ((set & 8) != 0) fill(glyph, middle_x, middle_y, cell_width, cell_height);
  }
  return glyph;
}

}  // namespace

std::optional<Glyph> box_drawing(char32_t character) {
  if (character < 0x2500 || character > 0x259f) return std::nullopt;
  return character < 0x2580 ? line(character) : block(character);
}

}  // namespace echolab::picture

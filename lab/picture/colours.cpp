#include "lab/picture/colours.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace echolab::picture {

namespace {

constexpr std::array<Colour, 16> named{0x000000, 0xcd3131, 0x0dbc79, 0xe5e510, 0x2472c8, 0xbc3fbc, 0x11a8cd, 0xe5e5e5,
                                       0x767676, 0xf14c4c, 0x23d18b, 0xf5f543, 0x3b8eea, 0xd670d6, 0x29b8db, 0xffffff};

// 16 named, a cube of 6 × 6 × 6, 24 greys.
Colour indexed(unsigned index) {
  if (index < 16) return named[index];
  if (index >= 232) return (8 + 10 * (std::min(index, 255u) - 232)) * 0x010101;
  const auto level = [](unsigned step) { return step == 0 ? 0 : 55 + 40 * step; };
  index -= 16;
  return level(index / 36) << 16 | level(index / 6 % 6) << 8 | level(index % 6);
}

// Relative luminance (WCAG 2, 1.4.3), 0 to 1.
double luminance(Colour colour) {
  const auto linear = [&](int shift) {
    const double value = static_cast<double>(colour >> shift & 0xff) / 255;
    return value <= 0.03928 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(16) + 0.7152 * linear(8) + 0.0722 * linear(0);
}

Colour halfway(Colour a, Colour b) {
  return ((a & 0xfefefe) >> 1) + ((b & 0xfefefe) >> 1);
}

// Parameters of one sequence: groups apart by ';', each with parts apart by ':'. Nothing between two is 0.
std::vector<std::vector<unsigned>> split(std::string_view text) {
  std::vector<std::vector<unsigned>> groups{{0}};
  for (const char c : text) {
    if (c == ';') {
      groups.push_back({0});
    } else if (c == ':') {
      groups.back().push_back(0);
    } else {
      unsigned& number = groups.back().back();
      number = std::min(number * 10 + static_cast<unsigned>(c - '0'), 65535u);
    }
  }
  return groups;
}

Colour direct(unsigned red, unsigned green, unsigned blue) {
  return std::min(red, 255u) << 16 | std::min(green, 255u) << 8 | std::min(blue, 255u);
}

// The colour after 38 or 48: "5;n", "2;r;g;b" (as groups of one), "5:n", "2::r:g:b" or "2:r:g:b" (parts of one group).
// `at` is that group; it moves over the groups that belong to it.
bool read_colour(std::span<const std::vector<unsigned>> groups, std::size_t& at, Colour& colour) {
  const std::vector<unsigned>& parts = groups[at];
  if (parts.size() > 1) {
    if (parts[1] == 5 && parts.size() >= 3) {
      colour = indexed(parts[2]);
      return true;
    }
    const std::size_t first = parts.size() >= 6 ? 3 : 2;  // a colour space may stand before
    if (parts[1] != 2 || parts.size() < first + 3) return false;
    colour = direct(parts[first], parts[first + 1], parts[first + 2]);
    return true;
  }
  const auto number = [&](std::size_t offset) { return at + offset < groups.size() ? groups[at + offset][0] : 0; };
  const unsigned kind = number(1);
  if (kind == 5) {
    colour = indexed(number(2));
    at += 2;
    return true;
  }
  if (kind != 2) return false;
  colour = direct(number(2), number(3), number(4));
  at += 4;
  return true;
}

}  // namespace

bool is_readable(Colour text, Colour background) {
  double light = luminance(text), dark = luminance(background);
  if (light < dark) std::swap(light, dark);
  return (light + 0.05) / (dark + 0.05) >= 1.6;
}

void Pen::apply(std::string_view parameters) {
  const std::vector<std::vector<unsigned>> groups = split(parameters);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const unsigned code = groups[i][0];
    if (code == 0)
      *this = Pen();
    else if (code == 1)
      bold_ = true;
    else if (code == 2)
      dim_ = true;
    else if (code == 7)
      inverse_ = true;
    else if (code == 22)
      bold_ = dim_ = false;
    else if (code == 27)
      inverse_ = false;
    else if (code >= 30 && code <= 37)
      foreground_ = named[code - 30];
    else if (code == 38)
      read_colour(groups, i, foreground_);
    else if (code == 39)
      foreground_ = body_text;
    else if (code >= 40 && code <= 47)
      background_ = named[code - 40];
    else if (code == 48)
      read_colour(groups, i, background_);
    else if (code == 49)
      background_ = body_colour;
    else if (code >= 90 && code <= 97)
      foreground_ = named[code - 90 + 8];
    else if (code >= 100 && code <= 107)
      background_ = named[code - 100 + 8];
  }
  work_out();
}

void Pen::work_out() {
  cell_ = Cell{.foreground = foreground_, .background = background_, .bold = bold_};
  if (inverse_) std::swap(cell_.foreground, cell_.background);
  if (dim_) cell_.foreground = halfway(cell_.foreground, cell_.background);
  if (!is_readable(cell_.foreground, cell_.background)) {
    cell_.foreground = is_readable(body_text, cell_.background) ? body_text : body_colour;
  }
  escape_cell_ = cell_;
  escape_cell_.bold = false;
  if (is_readable(escape_text, cell_.background)) escape_cell_.foreground = escape_text;
}

}  // namespace echolab::picture

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

// Parameters of one sequence: groups apart by ';', each with parts apart by ':'. Nothing between two is 0. As terminals
// do, it leaves what comes after a few.
std::vector<std::vector<unsigned>> split(std::string_view text) {
  constexpr std::size_t most_groups = 32, most_parts = 8;
  std::vector<std::vector<unsigned>> groups{{0}};
  for (const char c : text) {
    if (c == ';') {
      if (groups.size() == most_groups) break;
      groups.push_back({0});
    } else if (c == ':') {
      if (groups.back().size() == most_parts) break;
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
void read_colour(std::span<const std::vector<unsigned>> groups, std::size_t& at, Colour& colour) {
  const std::vector<unsigned>& parts = groups[at];
  if (parts.size() > 1) {
    const std::size_t first = parts.size() >= 6 ? 3 : 2;  // a colour space may stand before
    if (parts[1] == 5 && parts.size() >= 3) colour = indexed(parts[2]);
    if (parts[1] == 2 && parts.size() >= 5) colour = direct(parts[first], parts[first + 1], parts[first + 2]);
    return;
  }
  const auto number = [&, base = at](std::size_t offset) {
    return base + offset < groups.size() ? groups[base + offset][0] : 0;
  };
  if (number(1) == 5) {
    colour = indexed(number(2));
    at += 2;
  } else if (number(1) == 2) {
    colour = direct(number(2), number(3), number(4));
    at += 4;
  }
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
    const auto in = [&](unsigned first) { return code >= first && code < first + 8; };  // eight colours each
    if (in(30)) foreground_ = named[code - 30];
    if (in(40)) background_ = named[code - 40];
    if (in(90)) foreground_ = named[code - 90 + 8];
    if (in(100)) background_ = named[code - 100 + 8];
    switch (code) {
      case 0:
        *this = Pen();
        break;
      case 1:
        bold_ = true;
        break;
      case 2:
        dim_ = true;
        break;
      case 7:
        inverse_ = true;
        break;
      case 22:
        bold_ = dim_ = false;
        break;
      case 27:
        inverse_ = false;
        break;
      case 38:
        read_colour(groups, i, foreground_);
        break;
      case 39:
        foreground_ = body_text;
        break;
      case 48:
        read_colour(groups, i, background_);
        break;
      case 49:
        background_ = body_colour;
        break;
    }
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

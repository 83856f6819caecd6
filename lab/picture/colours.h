#pragma once
// Colours of the picture, and what SGR sequences (ECMA-48 8.3.117, with xterm's 256 and direct colours) make of them.

#include <cstdint>
#include <string_view>

#include "lab/picture/terminals.h"

namespace echolab::picture {

using Colour = std::uint32_t;  // 0xRRGGBB

constexpr Colour page_colour = 0xe9edf2, page_text = 0x1f2933;
constexpr Colour title_bar_colour = 0x333842, title_text = 0xdfe3ea;
constexpr Colour body_colour = Cell{}.background, body_text = Cell{}.foreground;
constexpr Colour escape_text = 0x7f8896;  // what a program wrote that is not text

// Whether text of one colour can be read on the other; hidden text must not stay hidden in evidence.
bool is_readable(Colour text, Colour background);

// What the next character looks like. Worked out when it changes: programs write far more characters than colours.
class Pen {
 public:
  Pen() { work_out(); }
  // Parameters between "ESC [" and "m", digits, ';' and ':'. Unknown ones are skipped.
  void apply(std::string_view parameters);
  const Cell& cell() const { return cell_; }                // without text
  const Cell& escape_cell() const { return escape_cell_; }  // the same background, dim

 private:
  void work_out();

  Colour foreground_ = body_text, background_ = body_colour;
  bool bold_ = false, dim_ = false, inverse_ = false;
  Cell cell_, escape_cell_;
};

}  // namespace echolab::picture

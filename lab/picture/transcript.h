#pragma once
// What a program wrote, cut into the steps that a terminal makes of it.

#include <cstdint>
#include <functional>
#include <string_view>

namespace echolab::picture {

struct Step {
  enum class Kind : std::uint8_t {
    character,  // one grapheme cluster, `width` columns wide
    escape,     // not text: its visible form, one ASCII character at a time
    colours,    // the parameters of an SGR sequence
    new_line,   // line feed, which a terminal's driver turns into a new line
    carriage_return,
    backspace,
    tab,
  };
  Kind kind = Kind::character;
  std::string_view text;  // lives as long as the call
  int width = 0;
};

void read_transcript(std::string_view bytes, const std::function<void(const Step&)>& step);

}  // namespace echolab::picture

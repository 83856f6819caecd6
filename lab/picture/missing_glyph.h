#pragma once

#include "lab/picture/glyph.h"

namespace echolab::picture {

// A frame with the character's number in it, for what no font has: one can look it up, and see that it is not a blank.
Glyph missing_glyph(char32_t character, int cells);

}  // namespace echolab::picture

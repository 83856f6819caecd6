#pragma once

#include <optional>

#include "lab/picture/glyph.h"

namespace echolab::picture {

// Box drawing and block elements (U+2500 to U+259F), drawn so that they meet at the cells' edges, which letters of a font
// do only at the line height it was made for. nullopt for any other character.
std::optional<Glyph> box_drawing(char32_t character);

}  // namespace echolab::picture

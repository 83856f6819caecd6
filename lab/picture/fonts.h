#pragma once
// Letters of D2Coding, and of DejaVu Sans Mono for what it lacks; both have Latin letters of one cell's width at the sizes
// used, and D2Coding has Hangul of two.

#include <filesystem>
#include <memory>
#include <string>

#include "lab/picture/glyph.h"

namespace echolab::picture {

class Fonts {
 public:
  // From where Debian's packages put them, or from the folder that ECHOLAB_FONTS names. Throws EnvironmentError.
  Fonts();
  Fonts(const Fonts&) = delete;
  ~Fonts();

  // Drawn once and kept. `cells` is 1 or 2; what is wider than that is made smaller.

  const Glyph& glyph(char32_t character, bool bold, int cells);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace echolab::picture

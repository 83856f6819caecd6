#pragma once
// Pairs of programs with the same text, or the same text under other names.

#include <cstddef>
#include <string>
#include <vector>

#include "lab/copies/text_print.h"

namespace echolab::copies {

struct SharedText {
  std::size_t first = 0, second = 0;  // indices of the programs
  std::string reason;
  std::vector<std::string> evidence;  // at most five stretches of lines, the longest first
};

// In order of the indices. What more than a third of the programs have, and more than two of them, is the course's own
// text or what everybody writes, and doesn't count.
std::vector<SharedText> find_shared_text(const std::vector<TextPrint>& programs);

}  // namespace echolab::copies

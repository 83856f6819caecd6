#pragma once
// What is in a PNG, found out in one pass over its rows and in memory of one row.

#include <cstdint>
#include <string>
#include <string_view>

namespace echolab::submission {

struct PixelFacts {
  std::uint32_t width = 0, height = 0;
  std::uint64_t most_frequent = 0;  // pixels of the colour that most have; colours that look alike count as one
  int spread = 0;                   // largest difference between two values of one channel, 0 to 255
  std::string fault;                // why it can't be decoded; then the others may be missing
};

constexpr std::uint32_t least_width = 200, least_height = 100, most_side = 8000;

// Reads the header, and the rows when its size is one that is allowed. Bytes are a whole PNG file.
PixelFacts examine_png(std::string_view bytes);

}  // namespace echolab::submission

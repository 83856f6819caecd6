#pragma once
// What each benchmark is to reach. The table stands in goals.cpp, and nowhere else.

#include <cstdint>
#include <string_view>

namespace echolab::bench {

struct Goal {
  enum class Bound : std::uint8_t { at_least, at_most };
  std::string_view name;  // "echo/tcp/floor/rate"
  Bound bound = Bound::at_least;
  double value = 0;

  bool is_met_by(double measured) const { return bound == Bound::at_least ? measured >= value : measured <= value; }
};

const Goal& goal(std::string_view name);  // an unknown name is a bug: aborts

}  // namespace echolab::bench

#include "lab/scenario/scenario.h"

namespace echolab::scenario {

const std::vector<Recipe>& built_in_recipes() {
  static const std::vector<Recipe> recipes{
      {"python", {"*.py"}, {}, {"python3", "-u", "{main}"}},
      {"c", {"*.c"}, {{"gcc", "-std=c17", "-O2", "-Wall", "-pthread", "-o", "program", "{sources}"}}, {"./program"}},
  };
  return recipes;
}

}  // namespace echolab::scenario

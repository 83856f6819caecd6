#pragma once
// Which check requires which: checks that exist, and no circles.

#include <set>
#include <string>
#include <vector>

#include "lab/scenario/mistakes.h"

namespace echolab::scenario {

struct Requirement {
  std::string id;    // of the check that requires
  const Node* item;  // where it names the other one
};

// `ids` are those of all checks, `required` is in file order.
void check_requirements(const std::set<std::string>& ids, const std::vector<Requirement>& required, Mistakes& mistakes);

}  // namespace echolab::scenario

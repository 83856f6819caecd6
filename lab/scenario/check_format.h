#pragma once
// Judges a tree by the table in format.h: kinds, ranges, words, required, unknown and exclusive keys.

#include "lab/scenario/format.h"
#include "lab/scenario/mistakes.h"
#include "lab/scenario/yaml_tree.h"

namespace echolab::scenario {

void check_format(const Node& root, Mistakes& mistakes);

// True when the value has the shape; without messages. Readers fall back to defaults otherwise.
bool fits(const Node& value, const Shape& shape);

// The section with the further keys that this map's discriminator asks for; nullptr: none, or it says no known word.
const Section* variant_of(const Node& map, const Section& section);

}  // namespace echolab::scenario

#pragma once
// YAML text as a small tree that remembers where everything was written. The only user of yaml-cpp.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "lab/base/diagnostic.h"
#include "lab/scenario/source_text.h"

namespace echolab::scenario {

struct Entry;

// One YAML value; refused when a mistake about it has been told already (an alias). Maps keep their entries in file order, and of a duplicate key the first.
struct Node {
  enum class Kind : std::uint8_t { null, scalar, list, map, refused };
  Kind kind = Kind::null;
  bool quoted = false;         // scalar: in quotes or a block, so never a number or a boolean
  std::string text;            // scalar
  std::size_t offset = 0;      // of its first byte in SourceText::text()
  std::size_t length = 1;      // bytes to underline
  std::vector<Node> items;     // list
  std::vector<Entry> entries;  // map

  bool is(Kind k) const { return kind == k; }
  // Value of a key; nullptr when it is missing or this is no map.
  const Node* find(std::string_view key) const;
  const Node* find_key(std::string_view key) const;
};

struct Entry {
  Node key;  // a scalar
  Node value;
};

struct YamlResult {
  Node root;
  bool whole = true;  // false: parsing stopped at a mistake, and the root is not to be judged
  std::vector<Diagnostic> mistakes;
};

// One document without anchors, aliases and tags; at most 10,000 values, 32 levels, 256 keys in a map.
// The text must have passed find_bad_bytes.
YamlResult parse_yaml(const SourceText& source);

}  // namespace echolab::scenario

#pragma once
// The format of a scenario file as data. The validator, the defaults, the JSON Schema and the reference in
// docs/scenario.md are all made from it, so that they cannot disagree.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace echolab::scenario {

enum class ValueKind : std::uint8_t {
  text,  // any scalar, as written; with a pattern only words that match
  integer,
  number,
  boolean,
  duration,  // "250us", "1.5s"
  size,      // "32MiB"
  amount,    // a count or a part of a hundred: 3, "1.5%"
  choice,    // one of some words
  list,
  section,  // a map
};

struct Choice {
  std::string_view word, meaning;
};

struct Section;

// What one value may be.
struct Shape {
  ValueKind kind = ValueKind::text;
  double minimum = 0, maximum = 0;  // integer, number; duration in seconds; size in bytes
  std::string_view limit_reason;    // why the range ends where it does; may be empty
  std::string_view pattern;         // text: ECMAScript regular expression for the whole; empty: any
  std::string_view pattern_words;   // the pattern for people
  std::size_t max_length = 256;     // text: bytes
  std::vector<Choice> choices;      // choice
  std::vector<Shape> item;          // list: the one shape of its items
  std::size_t min_items = 1, max_items = 100;
  const Section* section = nullptr;  // section
  bool or_auto = false;              // the word "auto" is allowed too
  bool or_single = false;            // list: an item may stand for a list of one
};

struct Key {
  std::string_view name;
  Shape shape;
  bool required = false;
  std::string_view default_value;  // as one would write it; empty: none, or the description tells
  std::string_view description;
  std::string_view example;  // as one would write it
};

// Further keys that a section has when its discriminator says this word.
struct Variant {
  std::string_view word;
  const Section* section = nullptr;
};

struct Section {
  std::string_view name;  // for headings and messages: "client"
  std::string_view description;
  std::vector<Key> keys;
  std::vector<std::pair<std::string_view, std::string_view>> exclusive = {};  // at most one of the two
  // A section with a key_pattern has no fixed keys: any key that matches, with values of free_value.
  std::string_view key_pattern = {}, key_words = {};
  std::vector<Shape> free_value = {};
  std::string_view discriminator = {};  // a required key whose words choose among the variants; empty: none
  std::vector<Variant> variants = {};
  std::vector<std::pair<std::string_view, std::string_view>> at_least_one = {};  // of the two keys

  const Key* find(std::string_view key) const;
  const Section* variant(std::string_view word) const;  // nullptr: there is none
};

// The whole file. Everything else hangs below it. Lives until the program ends.
const Section& scenario_format();
// All sections, outermost first, each once.
std::vector<const Section*> all_sections();
// Matches a whole text against a pattern of the table. No text longer than 256 bytes matches any.
bool matches(std::string_view text, std::string_view pattern);

}  // namespace echolab::scenario

#pragma once
// Typed values of one section: what the file says where it fits the table, else the table's default.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lab/base/clock.h"
#include "lab/scenario/check.h"
#include "lab/scenario/format.h"
#include "lab/scenario/yaml_tree.h"

namespace echolab::scenario {

// Borrows node and section. A key that is not in the section's table is a mistake of ours (assertion).
class Reader {
 public:
  Reader(const Node* node, const Section& section) : node_(node), section_(&section) {}

  // The value in the file when it is there and fits; else nullptr.
  const Node* given(std::string_view key) const;
  // The file has this key, whether its value fits or not: then a default must not be judged.
  bool present(std::string_view key) const { return node_ != nullptr && node_->find_key(key) != nullptr; }
  // The further keys that the discriminator's word brings; only for a section with that word in the file.
  Reader variant() const;
  // Where to point: the value, or the section when the key is left out.
  const Node& place(std::string_view key) const;

  std::string text(std::string_view key) const;
  std::int64_t integer(std::string_view key) const;
  double number(std::string_view key) const;
  bool boolean(std::string_view key) const;
  Nanoseconds duration(std::string_view key) const;
  std::uint64_t size(std::string_view key) const;
  Amount amount(std::string_view key) const;
  bool is_auto(std::string_view key) const;

  std::vector<const Node*> items(std::string_view key) const;  // a single value is a list of one
  std::vector<std::string> texts(std::string_view key) const;
  Reader section(std::string_view key) const;  // everything default when it isn't there
  std::vector<Reader> sections(std::string_view key) const;
  // Free-form sections: the entries whose values fit, in file order.
  std::vector<std::pair<std::string, std::string>> pairs(std::string_view key) const;

 private:
  const Key& key(std::string_view name) const;
  std::string scalar(std::string_view name) const;

  const Node* node_;  // nullptr: not in the file
  const Section* section_;
};

}  // namespace echolab::scenario

#include "lab/scenario/reader.h"

#include <cassert>

#include "lab/scenario/check_format.h"
#include "lab/scenario/scalar.h"

namespace echolab::scenario {

namespace {
const Node nowhere;
}

const Key& Reader::key(std::string_view name) const {
  const Key* const found = section_->find(name);
  assert(found != nullptr);
  return *found;
}

const Node* Reader::given(std::string_view name) const {
  if (node_ == nullptr) return nullptr;
  const Node* const value = node_->find(name);
  return value != nullptr && fits(*value, key(name).shape) ? value : nullptr;
}

Reader Reader::variant() const {
  const Section* const further = node_ == nullptr ? nullptr : variant_of(*node_, *section_);
  assert(further != nullptr);
  return {node_, *further};
}

const Node& Reader::place(std::string_view name) const {
  if (const Node* const value = given(name)) return *value;
  return node_ != nullptr ? *node_ : nowhere;
}

std::string Reader::scalar(std::string_view name) const {
  const Node* const value = given(name);
  return value != nullptr ? value->text : std::string(key(name).default_value);
}

std::string Reader::text(std::string_view name) const {
  return scalar(name);
}
std::int64_t Reader::integer(std::string_view name) const {
  return parse_integer(scalar(name)).value_or(0);
}
double Reader::number(std::string_view name) const {
  return parse_number(scalar(name)).value_or(0);
}
bool Reader::boolean(std::string_view name) const {
  return parse_boolean(scalar(name)).value_or(false);
}
Nanoseconds Reader::duration(std::string_view name) const {
  return parse_duration(scalar(name)).value_or(Nanoseconds(0));
}
std::uint64_t Reader::size(std::string_view name) const {
  return parse_size(scalar(name)).value_or(0);
}
Amount Reader::amount(std::string_view name) const {
  return parse_amount(scalar(name)).value_or(Amount{});
}
bool Reader::is_auto(std::string_view name) const {
  return scalar(name) == "auto";
}

std::vector<const Node*> Reader::items(std::string_view name) const {
  std::vector<const Node*> found;
  const Node* const value = given(name);
  if (value == nullptr) return found;
  if (!value->is(Node::Kind::list)) return {value};
  for (const Node& item : value->items) {
    if (fits(item, key(name).shape.item.front())) found.push_back(&item);
  }
  return found;
}

std::vector<std::string> Reader::texts(std::string_view name) const {
  std::vector<std::string> found;
  for (const Node* const item : items(name)) found.push_back(item->text);
  return found;
}

Reader Reader::section(std::string_view name) const {
  return {given(name), *key(name).shape.section};
}

std::vector<Reader> Reader::sections(std::string_view name) const {
  std::vector<Reader> found;
  for (const Node* const item : items(name)) found.emplace_back(item, *key(name).shape.item.front().section);
  return found;
}

std::vector<std::pair<std::string, std::string>> Reader::pairs(std::string_view name) const {
  std::vector<std::pair<std::string, std::string>> found;
  const Node* const value = given(name);
  if (value == nullptr) return found;
  const Shape& shape = key(name).shape.section->free_value.front();
  for (const auto& [k, v] : value->entries) {
    if (fits(v, shape)) found.emplace_back(k.text, v.text);
  }
  return found;
}

}  // namespace echolab::scenario

#pragma once
// Short words for the shapes that the tables of format.cpp and check_kinds.cpp are written in.

#include <utility>

#include "lab/scenario/format.h"

namespace echolab::scenario::shapes {

inline constexpr std::string_view name_pattern = "[a-z][a-z0-9]*(-[a-z0-9]+)*";
inline constexpr std::string_view name_words =
    "lower-case letters, digits and single hyphens, beginning with a letter, at most 40: it becomes part of "
    "container and host names";
inline constexpr std::string_view check_id_pattern = "[a-z][a-z0-9_-]*";
inline constexpr std::string_view check_id_words = "lower-case letters, digits, '_' and '-', beginning with a letter";

inline constexpr double mib = 1024.0 * 1024.0;
inline constexpr double gib = 1024.0 * mib;
inline constexpr double hour = 3600;

inline Shape text(std::size_t max_length = 1000) {
  Shape s;
  s.max_length = max_length;
  return s;
}
inline Shape word(std::string_view pattern, std::string_view words, std::size_t max_length) {
  Shape s = text(max_length);
  s.pattern = pattern;
  s.pattern_words = words;
  return s;
}
inline Shape name() {
  return word(name_pattern, name_words, 40);
}
inline Shape ranged(ValueKind kind, double minimum, double maximum, std::string_view reason = {}) {
  Shape s;
  s.kind = kind;
  s.minimum = minimum;
  s.maximum = maximum;
  s.limit_reason = reason;
  return s;
}
inline Shape integer(double minimum, double maximum, std::string_view reason = {}) {
  return ranged(ValueKind::integer, minimum, maximum, reason);
}
inline Shape duration(double minimum, double maximum, std::string_view reason = {}) {
  return ranged(ValueKind::duration, minimum, maximum, reason);
}
inline Shape size(double minimum, double maximum, std::string_view reason = {}) {
  return ranged(ValueKind::size, minimum, maximum, reason);
}
inline Shape boolean() {
  return ranged(ValueKind::boolean, 0, 0);
}
inline Shape choice(std::vector<Choice> choices) {
  Shape s;
  s.kind = ValueKind::choice;
  s.choices = std::move(choices);
  return s;
}
inline Shape list(Shape item, std::size_t min_items, std::size_t max_items) {
  Shape s;
  s.kind = ValueKind::list;
  s.item = {std::move(item)};
  s.min_items = min_items;
  s.max_items = max_items;
  return s;
}
inline Shape section(const Section& of) {
  Shape s;
  s.kind = ValueKind::section;
  s.section = &of;
  return s;
}
inline Shape or_auto(Shape s) {
  s.or_auto = true;
  return s;
}
inline Shape or_single(Shape s) {
  s.or_single = true;
  return s;
}

}  // namespace echolab::scenario::shapes

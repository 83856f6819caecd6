#include "lab/scenario/check_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "lab/base/clock.h"
#include "lab/base/text.h"
#include "lab/scenario/scalar.h"

namespace echolab::scenario {

namespace {

// What is wrong with one value, before it gets a place.
struct Wrong {
  std::string message, hint;
};

std::string_view kind_words(const Shape& shape) {
  switch (shape.kind) {
    case ValueKind::text:
      return "a text";
    case ValueKind::integer:
      return "a whole number";
    case ValueKind::number:
      return "a number";
    case ValueKind::boolean:
      return "true or false";
    case ValueKind::duration:
      return "a duration such as 250us, 100ms or 1.5s";
    case ValueKind::size:
      return "a size such as 64KiB, 32MiB or 1GiB";
    case ValueKind::amount:
      return "a count or a percentage such as 3 or 1.5%";
    case ValueKind::choice:
      return "a word";
    case ValueKind::list:
      return "a list";
    case ValueKind::section:
      return "a map (key: value)";
  }
  return "";
}

std::string_view what_is(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return "nothing";
    case Node::Kind::list:
      return "a list";
    case Node::Kind::map:
      return "a map";
    case Node::Kind::scalar:
    case Node::Kind::refused:
      break;
  }
  return "a single value";
}

std::string format_limit(const Shape& shape, double value) {
  switch (shape.kind) {
    case ValueKind::duration:
      return format_duration(Nanoseconds(static_cast<std::int64_t>(value * 1e9 + 0.5)));
    case ValueKind::size: {
      const auto bytes = static_cast<std::uint64_t>(value);
      if (bytes >= 1u << 30 && bytes % (1u << 30) == 0) return fmt::format("{}GiB", bytes >> 30);
      return fmt::format("{}MiB", bytes >> 20);
    }
    default:
      return value == static_cast<double>(static_cast<std::int64_t>(value))
                 ? fmt::format("{}", static_cast<std::int64_t>(value))
                 : fmt::format("{}", value);
  }
}

Wrong out_of_range(const Node& node, const Shape& shape) {
  std::string hint =
      shape.minimum == shape.maximum
          ? fmt::format("allowed: {}", format_limit(shape, shape.minimum))
          : fmt::format("allowed: {} to {}", format_limit(shape, shape.minimum), format_limit(shape, shape.maximum));
  if (!shape.limit_reason.empty()) hint += fmt::format(" ({})", shape.limit_reason);
  return {fmt::format("{} is out of range", cut_to_width(node.text, 40)), hint};
}

std::optional<Wrong> check_range(const Node& node, const Shape& shape, std::optional<double> value, std::string hint) {
  if (!value) return Wrong{fmt::format("expected {}, got {}", kind_words(shape), quote(node.text)), std::move(hint)};
  if (*value < shape.minimum || *value > shape.maximum) return out_of_range(node, shape);
  return std::nullopt;
}

std::optional<double> as_double(std::optional<std::int64_t> value) {
  return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
}

std::optional<double> duration_seconds(std::string_view text) {
  if (!matches(text, "[0-9]+([.][0-9]+)?(ns|us|ms|s|m|h)")) return std::nullopt;
  const auto duration = parse_duration(text);
  return duration ? static_cast<double>(duration->count()) / 1e9 : 1e30;
}

// "256MB" and "256M" are what people write who mean 256MiB.
std::string size_hint(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view unit = text.substr(digits);
  if (digits == 0 || digits > 18) return "";
  if (unit.empty()) return fmt::format("write the unit: {0}B, {0}KiB, {0}MiB or {0}GiB", text);
  for (const char letter : {'K', 'M', 'G'}) {
    const bool same = unit[0] == letter || unit[0] == letter + ('a' - 'A');
    if (same && unit.size() <= 3) return fmt::format("did you mean '{}{}iB'?", text.substr(0, digits), letter);
  }
  return "";
}

std::optional<Wrong> check_text(const Node& node, const Shape& shape) {
  if (node.text.size() > shape.max_length) {
    return Wrong{fmt::format("a text of {} bytes is too long", with_thousands(node.text.size())),
                 fmt::format("allowed: at most {} bytes", with_thousands(shape.max_length))};
  }
  if (shape.pattern.empty()) return std::nullopt;
  if (!node.quoted && parse_boolean(node.text)) {
    return Wrong{fmt::format("{} is a boolean in YAML, not a text", quote(node.text)), "put it in quotes"};
  }
  if (matches(node.text, shape.pattern)) return std::nullopt;
  return Wrong{fmt::format("{} is not allowed here", quote(node.text)),
               fmt::format("allowed: {}", shape.pattern_words)};
}

std::optional<Wrong> check_scalar(const Node& node, const Shape& shape) {
  const bool unquoted = !node.quoted;
  const std::string_view text = node.text;
  const std::string unquote = node.quoted ? "write it without quotes" : "";
  switch (shape.kind) {
    case ValueKind::text:
      return check_text(node, shape);
    case ValueKind::integer: {
      const auto value = unquoted ? as_double(parse_integer(text)) : std::nullopt;
      return check_range(node, shape, value, node.quoted && parse_integer(text) ? unquote : "");
    }
    case ValueKind::number: {
      const auto value = unquoted ? parse_number(text) : std::nullopt;
      return check_range(node, shape, value, node.quoted && parse_number(text) ? unquote : "");
    }
    case ValueKind::duration: {
      const bool bare = parse_number(text).has_value();
      return check_range(node, shape, duration_seconds(text),
                         bare && text[0] != '-' ? fmt::format("write the unit: {0}ms or {0}s", text) : "");
    }
    case ValueKind::size: {
      const auto value = parse_size(text);
      return check_range(node, shape, value ? std::optional(static_cast<double>(*value)) : std::nullopt,
                         size_hint(text));
    }
    case ValueKind::amount: {
      const auto amount = parse_amount(text);
      if (!amount) return check_range(node, shape, std::nullopt, "");
      if (!amount->percent)
        return check_range(node, shape, unquoted ? std::optional(amount->value) : std::nullopt, unquote);
      if (amount->value <= 100) return std::nullopt;
      return Wrong{fmt::format("{} is out of range", quote(text)), "allowed: 0% to 100%"};
    }
    case ValueKind::boolean: {
      if (unquoted && parse_boolean(text)) return std::nullopt;
      const bool yes =
          text == "yes" || text == "on" || text == "True" || text == "TRUE" || text == "Yes" || text == "1";
      const bool no =
          text == "no" || text == "off" || text == "False" || text == "FALSE" || text == "No" || text == "0";
      return Wrong{fmt::format("expected true or false, got {}", quote(text)), yes  ? "did you mean 'true'?"
                                                                               : no ? "did you mean 'false'?"
                                                                                    : unquote};
    }
    case ValueKind::choice: {
      std::vector<std::string_view> words;
      for (const Choice& c : shape.choices) words.push_back(c.word);
      if (std::find(words.begin(), words.end(), text) != words.end()) return std::nullopt;
      std::string hint = fmt::format("allowed: {}", fmt::join(words, ", "));
      if (const std::string near = suggest(text, words); near.starts_with("did")) hint = near + " " + hint;
      return Wrong{fmt::format("{} is not one of the words allowed here", quote(text)), hint};
    }
    case ValueKind::list:
    case ValueKind::section:
      break;
  }
  return Wrong{fmt::format("expected {}, got {}", kind_words(shape), quote(text)), ""};
}

bool is_auto(const Node& node, const Shape& shape) {
  return shape.or_auto && node.is(Node::Kind::scalar) && node.text == "auto";
}

bool is_single(const Node& node, const Shape& shape) {
  return shape.or_single && node.is(Node::Kind::scalar);
}

// Kind, range and length of this value, not of what is inside it.
std::optional<Wrong> check_value(const Node& node, const Shape& shape) {
  if (is_auto(node, shape)) return std::nullopt;
  if (is_single(node, shape)) return check_scalar(node, shape.item.front());
  const Node::Kind wanted = shape.kind == ValueKind::list      ? Node::Kind::list
                            : shape.kind == ValueKind::section ? Node::Kind::map
                                                               : Node::Kind::scalar;
  if (!node.is(wanted)) {
    std::string hint = shape.or_single ? "a single value is allowed too" : shape.or_auto ? "or: auto" : "";
    if (shape.kind == ValueKind::list && node.is(Node::Kind::map)) hint = "begin each item with '- '";
    const std::string got(node.is(Node::Kind::scalar) ? quote(node.text) : std::string(what_is(node)));
    return Wrong{fmt::format("expected {}, got {}", kind_words(shape), got), hint};
  }
  if (node.is(Node::Kind::scalar)) {
    auto wrong = check_scalar(node, shape);
    if (wrong && shape.or_auto) wrong->hint += wrong->hint.empty() ? "or: auto" : "; or: auto";
    return wrong;
  }
  if (node.is(Node::Kind::list) && (node.items.size() < shape.min_items || node.items.size() > shape.max_items)) {
    return Wrong{node.items.empty() ? "this list is empty" : fmt::format("a list of {} items", node.items.size()),
                 fmt::format("allowed: {} to {} items", shape.min_items, shape.max_items)};
  }
  return std::nullopt;
}

class FormatCheck {
 public:
  explicit FormatCheck(Mistakes& mistakes) : mistakes_(mistakes) {}

  void section(const Node& map, const Section& section) {
    const Section* const variant = variant_of(map, section);
    for (const auto& [key, value] : map.entries) entry(key, value, section, variant);
    combinations(map, section);
    if (variant != nullptr) combinations(map, *variant);
  }

 private:
  // What shows only in all the keys of a section together.
  void combinations(const Node& map, const Section& section) {
    for (const Key& key : section.keys) {
      if (key.required && map.find(key.name) == nullptr) missing(map, section, key);
    }
    for (const auto& [first, second] : section.at_least_one) {
      if (map.find_key(first) != nullptr || map.find_key(second) != nullptr) continue;
      mistakes_.at(map, fmt::format("the {} has neither '{}' nor '{}'", section.name, first, second),
                   fmt::format("add '{}: {}'", first, section.find(first)->example));
    }
    for (const auto& [first, second] : section.exclusive) {
      const Node* const a = map.find_key(first);
      const Node* const b = map.find_key(second);
      if (a == nullptr || b == nullptr) continue;
      const Node& later = a->offset > b->offset ? *a : *b;
      mistakes_.at(later, fmt::format("'{}' and '{}' exclude each other", first, second), "keep one of them");
    }
  }

  void missing(const Node& map, const Section& section, const Key& key) {
    mistakes_.at(map, fmt::format("the {} has no '{}'", section.name, key.name),
                 fmt::format("add '{}: {}'", key.name, key.example));
  }

  void entry(const Node& key, const Node& value, const Section& section, const Section* variant) {
    if (!section.key_pattern.empty()) {
      if (key.text.size() > 64 || !matches(key.text, section.key_pattern)) {
        mistakes_.at(key, fmt::format("{} is no name for an {} entry", quote(key.text), section.name),
                     fmt::format("allowed: {}", section.key_words));
      }
      this->value(key, value, section.free_value.front());
      return;
    }
    const Key* known = section.find(key.text);
    if (known == nullptr && variant != nullptr) known = variant->find(key.text);
    if (known != nullptr) return this->value(key, value, known->shape);
    if (told_as_key_of_another_variant(key, section, variant)) return;
    std::vector<std::string_view> names;
    for (const Key& k : section.keys) names.push_back(k.name);
    if (variant != nullptr) {
      for (const Key& k : variant->keys) names.push_back(k.name);
    }
    std::string hint = suggest(key.text, names);
    if (key.text == "<<") hint = "merge keys are not supported: write the entries out";
    mistakes_.at(key, fmt::format("unknown key {} in the {}", quote(key.text), section.name), hint);
  }

  // Without a known variant the discriminator's mistake is told, and the keys of any may stand.
  bool told_as_key_of_another_variant(const Node& key, const Section& section, const Section* variant) {
    std::vector<std::string_view> words;
    std::string_view word;
    for (const Variant& v : section.variants) {
      if (v.section == variant) word = v.word;
      if (v.section->find(key.text) != nullptr) words.push_back(v.word);
    }
    if (words.empty()) return false;
    if (variant == nullptr) return true;
    constexpr std::size_t shown = 3;
    std::string others = fmt::format(
        "{}",
        fmt::join(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(std::min(shown, words.size())), ", "));
    if (words.size() > shown) others += fmt::format(" and {} more", words.size() - shown);
    mistakes_.at(key, fmt::format("'{}' belongs to {} {}, not to {}", key.text, section.discriminator, others, word),
                 variant->keys.empty() ? fmt::format("{} has no keys of its own", word) : own_keys(*variant));
    return true;
  }

  static std::string own_keys(const Section& variant) {
    std::vector<std::string_view> names;
    for (const Key& key : variant.keys) names.push_back(key.name);
    return fmt::format("its own keys: {}", fmt::join(names, ", "));
  }

  // `at` is where a value that isn't there is reported.
  void value(const Node& at, const Node& node, const Shape& shape) {
    if (node.is(Node::Kind::refused)) return;
    if (node.is(Node::Kind::null)) {
      mistakes_.at(at, fmt::format("expected {}, got nothing", kind_words(shape)),
                   "give it a value, or leave the key out");
      return;
    }
    if (auto wrong = check_value(node, shape)) {
      mistakes_.at(node, std::move(wrong->message), std::move(wrong->hint));
      return;
    }
    for (const Node& item : node.items) value(item, item, shape.item.front());
    if (node.is(Node::Kind::map)) section(node, *shape.section);
  }

  Mistakes& mistakes_;
};

}  // namespace

void check_format(const Node& root, Mistakes& mistakes) {
  FormatCheck(mistakes).section(root, scenario_format());
}

const Section* variant_of(const Node& map, const Section& section) {
  if (section.discriminator.empty()) return nullptr;
  const Node* const word = map.find(section.discriminator);
  return word != nullptr && word->is(Node::Kind::scalar) ? section.variant(word->text) : nullptr;
}

bool fits(const Node& value, const Shape& shape) {
  return !check_value(value, shape).has_value();
}

}  // namespace echolab::scenario

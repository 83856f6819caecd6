#include "lab/scenario/reference.h"

#include <fmt/format.h>

#include "lab/base/clock.h"
#include "lab/scenario/check_kinds.h"
#include "lab/scenario/format.h"

namespace echolab::scenario {

namespace {

std::string limit(const Shape& shape, double value) {
  if (shape.kind == ValueKind::duration)
    return format_duration(Nanoseconds(static_cast<std::int64_t>(value * 1e9 + 0.5)));
  if (shape.kind == ValueKind::size) {
    const auto mib = static_cast<std::uint64_t>(value) >> 20;
    return mib % 1024 == 0 ? fmt::format("{}GiB", mib >> 10) : fmt::format("{}MiB", mib);
  }
  return shape.kind == ValueKind::integer ? fmt::format("{}", static_cast<std::int64_t>(value))
                                          : fmt::format("{}", value);
}

std::string value_words(const Shape& shape) {
  switch (shape.kind) {
    case ValueKind::text:
      return shape.pattern_words.empty() ? "text" : std::string(shape.pattern_words);
    case ValueKind::amount:
      return fmt::format("0 to {}, or a percentage such as 1.5%", limit(shape, shape.maximum));
    case ValueKind::boolean:
      return "`true` or `false`";
    case ValueKind::section:
      return fmt::format("map, see [{0}](#{0})", shape.section->name);
    case ValueKind::choice: {
      std::string words;
      for (const Choice& c : shape.choices)
        words += fmt::format("{}`{}` ({})", words.empty() ? "" : ", ", c.word, c.meaning);
      return words;
    }
    case ValueKind::list: {
      const std::string item = value_words(shape.item.front());
      return shape.or_single ? fmt::format("{}; or a list", item) : fmt::format("list: {}", item);
    }
    case ValueKind::integer:
    case ValueKind::number:
    case ValueKind::duration:
    case ValueKind::size:
      break;
  }
  const std::string low = limit(shape, shape.minimum), high = limit(shape, shape.maximum);
  std::string words = low == high ? low : fmt::format("{} to {}", low, high);
  if (!shape.limit_reason.empty()) words += fmt::format(" ({})", shape.limit_reason);
  return words;
}

std::string anchor(std::string_view name) {
  std::string text(name);
  for (char& c : text) c = c == ' ' ? '-' : c;
  return text;
}

// A long list of words has its meanings elsewhere.
std::string words_alone(const Shape& shape) {
  std::string words;
  for (const Choice& c : shape.choices) words += fmt::format("{}`{}`", words.empty() ? "" : ", ", c.word);
  return words + "; what each judges: [checks.md](checks.md#the-kinds)";
}

std::string key_table(const Section& section) {
  std::string out = "| key | value | default | meaning |\n|---|---|---|---|\n";
  for (const Key& key : section.keys) {
    std::string value = value_words(key.shape);
    if (key.shape.or_auto) value = "`auto`, or " + value;
    if (key.name == section.discriminator) value = words_alone(key.shape);
    if (key.shape.section != nullptr)
      value = fmt::format("map, see [{}](#{})", key.shape.section->name, anchor(key.shape.section->name));
    const std::string fallback = key.required                ? "required"
                                 : key.default_value.empty() ? ""
                                                             : fmt::format("`{}`", key.default_value);
    out +=
        fmt::format("| `{}` | {} | {} | {} Example: `{}` |\n", key.name, value, fallback, key.description, key.example);
  }
  for (const auto& [first, second] : section.exclusive) {
    out += fmt::format("\n`{}` and `{}` exclude each other.\n", first, second);
  }
  for (const auto& [first, second] : section.at_least_one) {
    out += fmt::format("\nAt least one of `{}` and `{}` is needed.\n", first, second);
  }
  return out;
}

}  // namespace

std::string reference_tables() {
  std::string out;
  for (const Section* const section : all_sections()) {
    out += fmt::format("### {}\n\n{}\n\n", section->name, section->description);
    if (!section->key_pattern.empty()) {
      out += fmt::format("Keys: {}. Values: text.\n\n", section->key_words);
      continue;
    }
    out += key_table(*section);
    for (const Variant& variant : section->variants) {
      if (variant.section->keys.empty()) continue;
      out += fmt::format("\n#### {} `{}`\n\n{}", section->discriminator, variant.word, key_table(*variant.section));
    }
    out += "\n";
  }
  return out;
}

std::string check_reference() {
  std::string out =
      "| kind | what it judges | needs | protocol | one finding per | its own keys |\n|---|---|---|---|---|---|\n";
  for (const CheckKindFacts& facts : check_kinds()) {
    std::string keys;
    for (const Key& key : facts.parameters.keys) {
      keys += fmt::format("{}`{}`{}", keys.empty() ? "" : ", ", key.name,
                          key.required                ? " (required)"
                          : key.default_value.empty() ? ""
                                                      : fmt::format(" ({})", key.default_value));
    }
    out += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", facts.name, facts.meaning, words_of(facts.witness),
                       facts.protocol ? to_string(*facts.protocol) : "any", words_of(facts.subject), keys);
  }
  return out;
}

}  // namespace echolab::scenario

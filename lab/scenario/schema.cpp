// The format table as a JSON Schema, draft-07: the newest that YAML language servers understand fully.
#include <fmt/format.h>

#include <cmath>
#include <string>

#include "lab/base/json.h"
#include "lab/scenario/format.h"
#include "lab/scenario/load.h"

namespace echolab::scenario {

namespace {

using Json = nlohmann::ordered_json;

Json number(double value) {
  if (value == std::floor(value)) return static_cast<std::int64_t>(value);
  return value;
}

std::string definition_name(const Section& section) {
  std::string name(section.name);
  for (char& c : name) c = c == ' ' ? '_' : c;
  return name;
}

Json schema_of(const Shape& shape);

Json plain_schema_of(const Shape& shape) {
  switch (shape.kind) {
    case ValueKind::text:
      // Free text is taken as written, so 20261234 and "20261234" are the same.
      if (shape.pattern.empty()) return {{"type", {"string", "number", "boolean"}}, {"maxLength", shape.max_length}};
      return {{"type", "string"}, {"pattern", fmt::format("^{}$", shape.pattern)}, {"maxLength", shape.max_length}};
    case ValueKind::integer:
    case ValueKind::number:
      return {{"type", shape.kind == ValueKind::integer ? "integer" : "number"},
              {"minimum", number(shape.minimum)},
              {"maximum", number(shape.maximum)}};
    case ValueKind::boolean:
      return {{"type", "boolean"}};
    case ValueKind::amount:
      return {
          {"anyOf", Json::array({Json{{"type", "integer"}, {"minimum", 0}, {"maximum", number(shape.maximum)}},
                                 Json{{"type", "string"}, {"pattern", "^(100([.]0+)?|[0-9]?[0-9]([.][0-9]+)?)%$"}}})}};
    case ValueKind::duration:
      return {{"type", "string"}, {"pattern", "^[0-9]+([.][0-9]+)?(ns|us|ms|s|m|h)$"}};
    case ValueKind::size:
      return {{"type", "string"}, {"pattern", "^[0-9]+(B|KiB|MiB|GiB)$"}};
    case ValueKind::choice: {
      Json words = Json::array();
      for (const Choice& c : shape.choices) words.push_back(c.word);
      return {{"enum", words}};
    }
    case ValueKind::list:
      return {{"type", "array"},
              {"items", schema_of(shape.item.front())},
              {"minItems", shape.min_items},
              {"maxItems", shape.max_items}};
    case ValueKind::section:
      return {{"$ref", "#/definitions/" + definition_name(*shape.section)}};
  }
  return {};
}

Json schema_of(const Shape& shape) {
  Json plain = plain_schema_of(shape);
  if (shape.or_auto) return {{"anyOf", Json::array({Json{{"const", "auto"}}, plain})}};
  if (shape.or_single) return {{"anyOf", Json::array({schema_of(shape.item.front()), plain})}};
  return plain;
}

std::string hover_text(const Key& key) {
  std::string text(key.description);
  for (const Choice& c : key.shape.choices) text += fmt::format("\n* `{}`: {}", c.word, c.meaning);
  if (!key.shape.pattern_words.empty()) text += fmt::format("\n\nAllowed: {}.", key.shape.pattern_words);
  if (!key.shape.limit_reason.empty()) text += fmt::format("\n\nLimit: {}.", key.shape.limit_reason);
  if (!key.default_value.empty()) text += fmt::format("\n\nDefault: `{}`", key.default_value);
  text += fmt::format("\n\nExample: `{}: {}`", key.name, key.example);
  return text;
}

Json property_of(const Key& key) {
  Json property = schema_of(key.shape);
  // Beside a $ref, draft-07 ignores every other keyword.
  if (property.contains("$ref")) property = {{"allOf", Json::array({property})}};
  property["description"] = key.description;
  property["markdownDescription"] = hover_text(key);
  return property;
}

Json one_of_two(std::string_view first, std::string_view second) {
  return {{"anyOf", Json::array({Json{{"required", {first}}}, Json{{"required", {second}}}})}};
}

// `then` for each word of the discriminator: draft-07's additionalProperties sees only the properties beside it, so the
// common keys are named there again.
Json schema_of_variant(const Section& section, const Variant& variant) {
  Json then{{"properties", Json::object()}};
  for (const Key& key : section.keys) then["properties"][std::string(key.name)] = true;
  Json required = Json::array();
  for (const Key& key : variant.section->keys) {
    then["properties"][std::string(key.name)] = property_of(key);
    if (key.required) required.push_back(key.name);
  }
  then["additionalProperties"] = false;
  if (!required.empty()) then["required"] = std::move(required);
  for (const auto& [first, second] : variant.section->at_least_one) {
    then.update(one_of_two(first, second));
  }
  const std::string key(section.discriminator);
  return {{"if", {{"properties", {{key, {{"const", variant.word}}}}}, {"required", {key}}}}, {"then", std::move(then)}};
}

Json schema_of(const Section& section) {
  Json schema{{"type", "object"}, {"description", section.description}};
  if (!section.key_pattern.empty()) {
    schema["propertyNames"] = {{"pattern", fmt::format("^{}$", section.key_pattern)}, {"maxLength", 64}};
    schema["additionalProperties"] = schema_of(section.free_value.front());
    return schema;
  }
  Json required = Json::array();
  Json properties = Json::object();
  for (const Key& key : section.keys) {
    properties[std::string(key.name)] = property_of(key);
    if (key.required) required.push_back(key.name);
  }
  schema["properties"] = std::move(properties);
  if (section.variants.empty()) schema["additionalProperties"] = false;
  if (!required.empty()) schema["required"] = std::move(required);
  if (!section.exclusive.empty() || !section.variants.empty() || !section.at_least_one.empty()) {
    schema["allOf"] = Json::array();
    for (const Variant& variant : section.variants) schema["allOf"].push_back(schema_of_variant(section, variant));
    for (const auto& [first, second] : section.exclusive) {
      schema["allOf"].push_back({{"not", {{"required", {first, second}}}}});
    }
    for (const auto& [first, second] : section.at_least_one) schema["allOf"].push_back(one_of_two(first, second));
  }
  return schema;
}

}  // namespace

std::string json_schema() {
  Json schema{{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", "echolab scenario"}};
  const Json top = schema_of(scenario_format());
  for (const auto& [key, value] : top.items()) schema[key] = value;
  for (const Section* const section : all_sections()) {
    if (section != &scenario_format()) schema["definitions"][definition_name(*section)] = schema_of(*section);
  }
  return schema.dump(2) + "\n";
}

}  // namespace echolab::scenario

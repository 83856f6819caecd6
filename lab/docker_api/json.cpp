#include "lab/docker_api/json.h"

#include "lab/base/error.h"
#include "lab/base/json.h"

namespace echolab::docker_api {

namespace {

constexpr int deepest = 64;

// The library's parser is iterative, but the destructor of a value nested 100,000 deep would not be.
bool too_deep(std::string_view source) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < source.size(); ++i) {
    const char character = source[i];
    if (in_string) {
      if (character == '\\') ++i;
      in_string = character != '"';
    } else if (character == '"') {
      in_string = true;
    } else if (character == '[' || character == '{') {
      if (++depth > deepest) return true;
    } else if (character == ']' || character == '}') {
      --depth;
    }
  }
  return false;
}

nlohmann::json parse_filtered(std::string_view source, const std::string& what,
                              const nlohmann::json::parser_callback_t& filter) {
  if (too_deep(source)) throw EnvironmentError("read " + what, "JSON nested deeper than 64", "");
  auto value = nlohmann::json::parse(source, filter, false);
  if (value.is_discarded()) throw EnvironmentError("read " + what, "this is no JSON", "");
  return value;
}

}  // namespace

nlohmann::json parse_json(std::string_view source, const std::string& what) {
  return parse_filtered(source, what, nullptr);
}

void for_each_object(std::string_view source, const std::string& what,
                     const std::function<void(const nlohmann::json& object)>& tell) {
  using Event = nlohmann::json::parse_event_t;
  bool is_list = false;
  parse_filtered(source, what, [&](int depth, Event event, nlohmann::json& value) {
    if (depth == 0 && event == Event::array_start) is_list = true;
    if (!is_list || depth != 1 || event != Event::object_end) return true;
    tell(value);
    return false;  // and forget it
  });
}

const nlohmann::json& member(const nlohmann::json& object, std::string_view key) {
  static const nlohmann::json null;
  if (!object.is_object()) return null;
  const auto found = object.find(key);
  return found == object.end() ? null : *found;
}

std::string text(const nlohmann::json& object, std::string_view key) {
  const auto& value = member(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::int64_t number(const nlohmann::json& object, std::string_view key) {
  const auto& value = member(object, key);
  return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

bool flag(const nlohmann::json& object, std::string_view key) {
  const auto& value = member(object, key);
  return value.is_boolean() && value.get<bool>();
}

}  // namespace echolab::docker_api

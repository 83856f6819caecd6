#pragma once
// Between the bodies of answers and our values; for this folder's .cpp files only.

#include <map>
#include <string>
#include <vector>

#include "lab/base/json.h"
#include "lab/docker_api/client.h"
#include "lab/docker_api/json.h"

namespace echolab::docker_api {

// Parses an answer and converts it; a body that is no JSON becomes an ApiError.
template <class T, class Convert>
Callback<std::string> converted(Callback<T> done, Convert convert) {
  return [done = std::move(done), convert](Reply<std::string> reply) {
    if (!reply) return done(reply.error());
    std::optional<T> value;
    try {
      value = convert(parse_json(reply.value(), "the engine's answer"));
    } catch (const EnvironmentError& error) {
      return done(ApiError{error.tried(), 0, error.cause(), ""});
    }
    done(std::move(*value));
  };
}

// The same for an array of objects; what is none is an empty list.
template <class T, class Convert>
Callback<std::string> converted_list(Callback<std::vector<T>> done, Convert convert) {
  return [done = std::move(done), convert](Reply<std::string> reply) {
    if (!reply) return done(reply.error());
    std::vector<T> values;
    try {
      for_each_object(reply.value(), "the engine's answer",
                      [&](const nlohmann::json& object) { values.push_back(convert(object)); });
    } catch (const EnvironmentError& error) {
      return done(ApiError{error.tried(), 0, error.cause(), ""});
    }
    done(std::move(values));
  };
}

inline Callback<std::string> ignoring_body(Callback<Nothing> done) {
  return [done = std::move(done)](Reply<std::string> reply) {
    if (!reply) return done(reply.error());
    done(Nothing{});
  };
}

inline std::map<std::string, std::string> string_map(const nlohmann::json& value) {
  std::map<std::string, std::string> map;
  if (!value.is_object()) return map;
  for (const auto& [key, entry] : value.items()) {
    if (entry.is_string()) map[key] = entry.get<std::string>();
  }
  return map;
}

// filters={"label":["…"]} as a query; nothing for an empty label.
inline std::string label_filter(const std::string& before, const std::string& label) {
  if (label.empty()) return {};
  const nlohmann::json filters{{"label", {label}}};
  return before + "filters=" + percent_encoded(filters.dump());
}

}  // namespace echolab::docker_api

#pragma once
// nlohmann's JSON, with what every file would compile again for itself compiled once, in json.cpp: a third of the time
// of a build, and more with sanitizers.

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace echolab::json_detail {
template <class Source>
using Adapter = decltype(nlohmann::detail::input_adapter(std::declval<const Source&>()));
}

// `prefix` is extern here and empty in json.cpp.
#define ECHOLAB_JSON_TEMPLATES(prefix)                                        \
  prefix template class nlohmann::basic_json<>;                               \
  prefix template class nlohmann::basic_json<nlohmann::ordered_map>;          \
  prefix template class nlohmann::detail::serializer<nlohmann::json>;         \
  prefix template class nlohmann::detail::serializer<nlohmann::ordered_json>; \
  ECHOLAB_JSON_READER(prefix, nlohmann::json, std::string)                    \
  ECHOLAB_JSON_READER(prefix, nlohmann::json, std::string_view)               \
  ECHOLAB_JSON_READER(prefix, nlohmann::ordered_json, std::string)            \
  ECHOLAB_JSON_READER(prefix, nlohmann::ordered_json, std::string_view)
#define ECHOLAB_JSON_READER(prefix, json, source)                                             \
  prefix template class nlohmann::detail::lexer<json, echolab::json_detail::Adapter<source>>; \
  prefix template class nlohmann::detail::parser<json, echolab::json_detail::Adapter<source>>;

ECHOLAB_JSON_TEMPLATES(extern)

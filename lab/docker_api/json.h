#pragma once
// JSON that others wrote: bounded, and read without surprises.

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace echolab::docker_api {

// Throws EnvironmentError naming `what` when it is no JSON, no valid UTF-8, or nested deeper than 64.
nlohmann::json parse_json(std::string_view source, const std::string& what);
// The objects of an array, one after the other, and of anything else none: a list of hundreds of containers need not be in
// memory as a tree. Throws as parse_json(); some may have been told by then.
void for_each_object(std::string_view source, const std::string& what,
                     const std::function<void(const nlohmann::json& object)>& tell);

// Of an object; a member that is missing or of another type is null, empty, 0 or false: versions of the
// engine differ.
const nlohmann::json& member(const nlohmann::json& object, std::string_view key);
std::string text(const nlohmann::json& object, std::string_view key);
std::int64_t number(const nlohmann::json& object, std::string_view key);
bool flag(const nlohmann::json& object, std::string_view key);

}  // namespace echolab::docker_api

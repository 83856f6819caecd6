#pragma once
// How scalars are read: YAML 1.2 core schema for numbers and booleans, and our units. nullopt: not of that form.

#include <cstdint>
#include <optional>
#include <string_view>

#include "lab/scenario/check.h"

namespace echolab::scenario {

// "-12"; nullopt for anything else. Values outside 64 bits saturate, so that range checks still name them.
std::optional<std::int64_t> parse_integer(std::string_view text);
std::optional<std::uint64_t> parse_unsigned(std::string_view text);  // 0 … 2^64-1; nullopt beyond
std::optional<double> parse_number(std::string_view text);           // "0.5", "2", "1e3"; infinite when too large
std::optional<bool> parse_boolean(std::string_view text);            // "true", "false"
std::optional<std::uint64_t> parse_size(std::string_view text);      // "64KiB", "1GiB", "512B"; saturates
std::optional<Amount> parse_amount(std::string_view text);           // "3", "1.5%"

}  // namespace echolab::scenario

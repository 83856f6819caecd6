#pragma once
// Texts of checks with {variables}, filled in for whom a finding is about.

#include <optional>
#include <string>
#include <string_view>

#include "lab/plan/plan.h"

namespace echolab::verify {

// The value of a variable for a node (nullptr: the whole lab) and, where it is about one client, its exchange.
std::optional<std::string> variable_of(std::string_view name, const plan::Plan& plan, const plan::Node* node,
                                       const plan::Exchange* exchange);
// A variable without a value there becomes `otherwise`.
std::string fill_for(const std::string& text, const plan::Plan& plan, const plan::Node* node,
                     const plan::Exchange* exchange, const std::string& otherwise);

}  // namespace echolab::verify

#pragma once
// One check of plan.json, both ways. What a check leaves at its default is left out.

#include <nlohmann/json_fwd.hpp>

#include "lab/plan/plan.h"

namespace echolab::plan {

nlohmann::ordered_json check_to_json(const Check& check);
// Throws std::exception saying what is wrong.
Check check_from_json(const nlohmann::ordered_json& json);

}  // namespace echolab::plan

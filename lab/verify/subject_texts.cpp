#include "lab/verify/subject_texts.h"

#include "lab/scenario/message_template.h"

namespace echolab::verify {

std::optional<std::string> variable_of(std::string_view name, const plan::Plan& plan, const plan::Node* node,
                                       const plan::Exchange* exchange) {
  if (name == "scenario") return plan.scenario_name;
  if (node == nullptr) return std::nullopt;
  if (name == "node") return node->name;
  if (name == "group") return node->group;
  if (node->role == plan::Role::client) {
    if (name == "container") return node->name.substr(node->name.rfind('-') + 1);  // "client-3"
    if (name == "client" && exchange != nullptr) return std::to_string(exchange->client);
    for (const auto& [key, value] : node->variables) {
      if (key == name) return value;
    }
  }
  return std::nullopt;
}

std::string fill_for(const std::string& text, const plan::Plan& plan, const plan::Node* node,
                     const plan::Exchange* exchange, const std::string& otherwise) {
  return scenario::fill_template(scenario::parse_template(text), false, [&](std::string_view name) {
    return std::optional(variable_of(name, plan, node, exchange).value_or(otherwise));
  });
}

}  // namespace echolab::verify

#include "lab/plan/arguments.h"

#include <fmt/format.h>

namespace echolab::plan {

namespace {

std::string_view word(scenario::Protocols protocols) {
  return protocols == scenario::Protocols::both ? "both" : protocols == scenario::Protocols::udp ? "udp" : "tcp";
}
std::string_view word(scenario::Families families) {
  return families == scenario::Families::dual ? "dual" : families == scenario::Families::ipv4 ? "ipv4" : "ipv6";
}
std::string_view word(scenario::Fill fill) {
  return fill == scenario::Fill::zero ? "zero" : fill == scenario::Fill::pattern ? "pattern" : "random";
}

// A program that is not ours gets only what its author wrote, and learns the rest from its environment.
void set_foreign_program(Node& node, const scenario::Container& container,
                         std::vector<std::pair<std::string, std::string>> facts) {
  node.arguments = container.command;
  node.arguments.insert(node.arguments.end(), container.arguments.begin(), container.arguments.end());
  node.replaces_entrypoint = !container.command.empty();
  node.writes_events = false;
  node.readiness = Readiness::started;
  node.waits_for_start = false;
  for (const auto& entry : container.environment) {
    std::erase_if(facts, [&](const auto& fact) { return fact.first == entry.first; });
  }
  node.environment = std::move(facts);
  node.environment.insert(node.environment.end(), container.environment.begin(), container.environment.end());
}

}  // namespace

bool is_ours(const scenario::Container& container) {
  const auto* const image = std::get_if<scenario::Image>(&container.program);
  return image != nullptr && image->reference.starts_with("echolab/") && container.command.empty();
}

void set_server_program(Node& node, const scenario::Server& server, const scenario::Network& network) {
  if (!is_ours(server.container)) {
    return set_foreign_program(node, server.container,
                               {{"ECHOLAB_PORT", fmt::format("{}", server.port.value)},
                                {"ECHOLAB_PROTOCOL", std::string(word(server.protocols))}});
  }
  std::vector<std::string>& a = node.arguments;
  // faulty-server has neither families nor both protocols by name.
  const bool faulty =
      std::get<scenario::Image>(server.container.program).reference.starts_with("echolab/faulty-server");
  if (!faulty || server.protocols != scenario::Protocols::both) {
    a.insert(a.end(), {"--protocol", std::string(word(server.protocols))});
  }
  if (!faulty) a.insert(a.end(), {"--family", std::string(word(network.families))});
  a.insert(a.end(), {"--port", fmt::format("{}", server.port.value), "--events", "-"});
  a.insert(a.end(), server.container.arguments.begin(), server.container.arguments.end());
  node.environment = server.container.environment;
}

void set_client_program(Node& node, const scenario::ClientGroup& group, const Endpoint& server, const Payload& payload,
                        Nanoseconds start_delay) {
  node.together = group.start.together;
  if (!is_ours(group.container)) {
    return set_foreign_program(node, group.container,
                               {{"ECHOLAB_SERVER", server.address.to_string()},
                                {"ECHOLAB_PORT", fmt::format("{}", server.port.value)},
                                {"ECHOLAB_PROTOCOL", std::string(to_string(group.protocol))}});
  }
  node.waits_for_start = true;
  std::vector<std::string>& a = node.arguments;
  const auto add = [&a](std::string flag, std::string value) {
    a.push_back(std::move(flag));
    a.push_back(std::move(value));
  };
  const scenario::Messages& messages = group.messages;
  add(server.address.to_string(), fmt::format("{}", server.port.value));
  add("--protocol", std::string(to_string(group.protocol)));
  add("--family", std::string(to_string(group.family)));
  if (const auto* const bytes = std::get_if<BytePayload>(&payload)) {
    add("--size", fmt::format("{}", fmt::join(bytes->sizes, ",")));
    add("--fill", std::string(word(bytes->fill)));
    add("--seed", fmt::format("{}", bytes->seed));
  } else {
    // One argument each: a text may begin with a hyphen.
    for (const std::string& text : std::get<TextPayload>(payload).templates) a.push_back("--message=" + text);
  }
  add("--count", fmt::format("{}", messages.count));
  if (messages.interval.count() > 0) add("--interval", format_duration(messages.interval));
  if (messages.window != 1) add("--window", fmt::format("{}", messages.window));
  add("--timeout", format_duration(messages.timeout));
  if (messages.retries != 0) add("--retries", fmt::format("{}", messages.retries));
  if (messages.chunk != 0) add("--chunk", fmt::format("{}", messages.chunk));
  if (group.clients_per_container != 1) add("--clients", fmt::format("{}", group.clients_per_container));
  if (group.local_port.value != 0) add("--bind-port", fmt::format("{}", group.local_port.value));
  if (group.protocol == Transport::tcp && group.half_close) a.emplace_back("--half-close");
  a.emplace_back("--wait-for-start");
  if (start_delay.count() > 0) add("--start-delay", format_duration(start_delay));
  add("--events", "-");
  a.insert(a.end(), group.container.arguments.begin(), group.container.arguments.end());
  node.environment = group.container.environment;
}

}  // namespace echolab::plan

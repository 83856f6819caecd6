#include "lab/plan/submitted.h"

#include <fmt/format.h>

namespace echolab::plan {

namespace {

constexpr std::uint16_t course_port = 5000;
// The course's client waits two seconds for an echo before it shows its prompt again.
constexpr auto reply_margin = std::chrono::seconds(1);

void set_supervised(Node& node, const scenario::Container& container) {
  node.supervised = true;
  node.writes_events = false;
  node.readiness = Readiness::event;
  node.environment = container.environment;
}

void append(std::vector<std::string>& words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
}

}  // namespace

void set_submitted_server(Node& node, const scenario::Server& server, const std::vector<std::string>& start) {
  set_supervised(node, server.container);
  const char* const protocol = server.protocols == scenario::Protocols::both  ? "both"
                               : server.protocols == scenario::Protocols::udp ? "udp"
                                                                              : "tcp";
  node.arguments = {"serve", "--stay", "--port", fmt::format("{}", server.port.value), "--protocol", protocol, "--"};
  append(node.arguments, start);
  if (!server.container.arguments.empty()) {
    append(node.arguments, server.container.arguments);
  } else if (server.port.value != course_port) {
    node.arguments.push_back(fmt::format("{}", server.port.value));
  }
}

void set_submitted_client(Node& node, const scenario::ClientGroup& group, const Endpoint& server,
                          const Payload& payload, const std::vector<std::string>& start, Nanoseconds start_delay,
                          Nanoseconds time_limit) {
  set_supervised(node, group.container);
  node.together = group.start.together;
  node.waits_for_start = true;
  node.arguments = {"drive"};
  for (std::uint32_t message = 1; message <= group.messages.count; ++message) {
    node.arguments.push_back("--line=" + payload_of(payload, 1, message));
  }
  append(node.arguments, {"--reply-timeout", format_duration(group.messages.timeout + reply_margin), "--time",
                          format_duration(time_limit), "--wait-for-start"});
  if (start_delay.count() > 0) append(node.arguments, {"--start-delay", format_duration(start_delay)});
  node.arguments.emplace_back("--");
  append(node.arguments, start);
  if (!group.container.arguments.empty()) {
    append(node.arguments, group.container.arguments);
  } else {
    append(node.arguments, {server.address.to_string(), fmt::format("{}", server.port.value)});
  }
}

}  // namespace echolab::plan

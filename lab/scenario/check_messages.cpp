#include "lab/scenario/check_messages.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "lab/base/text.h"
#include "lab/scenario/message_template.h"

namespace echolab::scenario {

namespace {

constexpr std::uint64_t max_clients = 100'000;
constexpr double max_messages = 1e6;
constexpr double max_text_bytes = 64.0 * 1024 * 1024;
constexpr std::uint32_t max_drawn_sizes = 1000, max_typed_lines = 100;
constexpr std::size_t max_typed_bytes = 1000;
constexpr std::string_view default_text = "hello {message} from {node}";

void read_identities(const Reader& client, ClientGroup& group, Mistakes& mistakes) {
  if (group.identity_of_student) {
    // Stand-ins, until a student is there: their length is what most values have at most.
    Identity& identity = group.identities.emplace_back();
    for (const char* const name : student_variables) identity.emplace_back(name, std::string(64, 'x'));
    return;
  }
  std::set<std::string> first_names;
  for (const Node* const item : client.items("identities")) {
    Identity identity;
    std::set<std::string> names;
    for (const auto& [key, value] : item->entries) {
      if (value.is(Node::Kind::scalar)) identity.emplace_back(key.text, value.text);
      names.insert(key.text);
      const auto& reserved = built_in_variables();
      if (std::find(reserved.begin(), reserved.end(), key.text) != reserved.end()) {
        mistakes.at(key, fmt::format("'{}' is a variable that echolab fills in itself", key.text), "take another name");
      }
    }
    if (group.identities.empty()) first_names = names;
    for (const std::string& name : first_names) {
      if (names.contains(name)) continue;
      mistakes.at(*item, fmt::format("this identity has no {}", quote(name)),
                  "all identities of a group have the same names");
    }
    for (const auto& [key, value] : item->entries) {
      if (first_names.contains(key.text)) continue;
      mistakes.at(key, fmt::format("the first identity of the group has no {}", quote(key.text)),
                  "all identities of a group have the same names");
    }
    group.identities.push_back(std::move(identity));
  }
}

// Longest value the variable takes in this group, in bytes.
std::size_t longest_value(std::string_view name, const ClientGroup& group, std::string_view scenario_name,
                          std::uint32_t count) {
  const auto digits = [](std::uint32_t number) { return fmt::format("{}", number).size(); };
  if (name == "message") return digits(count);
  if (name == "client") return digits(group.clients_per_container);
  if (name == "container") return digits(group.containers);
  if (name == "group") return group.name.size();
  if (name == "node") return group.name.size() + 1 + digits(group.containers);
  if (name == "scenario") return scenario_name.size();
  std::size_t longest = 0;
  for (const Identity& identity : group.identities) {
    for (const auto& [key, value] : identity) longest = key == name ? std::max(longest, value.size()) : longest;
  }
  return longest;
}

void check_variables(const Node& text, const MessageTemplate& parsed, const ClientGroup& group, Mistakes& mistakes) {
  std::vector<std::string_view> known = built_in_variables();
  if (!group.identities.empty()) {
    for (const auto& [key, value] : group.identities.front()) known.push_back(key);
  }
  for (const TemplatePiece& piece : parsed.pieces) {
    if (!piece.is_variable || std::find(known.begin(), known.end(), piece.text) != known.end()) continue;
    std::string hint = suggest(piece.text, known);
    if (!hint.starts_with("did")) hint += "; write '{{' for a brace";
    mistakes.inside(text, piece.offset, piece.length, fmt::format("unknown variable {}", quote(piece.text)), hint);
  }
}

void check_text(const Node& text, const ClientGroup& group, std::string_view scenario_name, std::uint32_t count,
                Mistakes& mistakes) {
  if (text.text.empty()) {
    mistakes.at(text, "an empty text", "a message without any byte is written 'sizes: 0' instead of a text");
    return;
  }
  const MessageTemplate parsed = parse_template(text.text);
  if (parsed.mistake) {
    mistakes.inside(text, parsed.mistake->offset, parsed.mistake->length, parsed.mistake->message,
                    parsed.mistake->hint);
    return;
  }
  check_variables(text, parsed, group, mistakes);
  double bytes = 0;
  for (const TemplatePiece& piece : parsed.pieces) {
    bytes += static_cast<double>(piece.is_variable ? longest_value(piece.text, group, scenario_name, count)
                                                   : piece.text.size());
  }
  if (bytes > static_cast<double>(max_udp_payload)) {
    mistakes.at(text, fmt::format("with its variables this text has up to {:.0f} bytes", bytes),
                fmt::format("allowed: at most {}; longer TCP messages are written with 'sizes'", max_udp_payload));
  } else if (bytes * group.containers > max_text_bytes) {
    mistakes.at(text,
                fmt::format("this text in {} containers needs {:.0f} bytes in the plan", group.containers,
                            bytes * group.containers),
                "allowed: 64 MiB; use shorter texts or fewer containers");
  }
}

void refuse_for(Transport protocol, const Reader& reader, std::string_view key, std::string_view reason,
                const ClientGroup& group, Mistakes& mistakes) {
  if (group.protocol != protocol || reader.given(key) == nullptr) return;
  mistakes.at(reader.place(key),
              fmt::format("'{}' makes no sense over {}", key, protocol == Transport::udp ? "UDP" : "TCP"),
              std::string(reason));
}

// Bytes that one client sends in all; only approximate for texts.
double bytes_per_client(const ClientGroup& group, std::string_view scenario_name) {
  const Messages& messages = group.messages;
  double total = 0, items = 1;
  if (const auto* const bytes = std::get_if<ByteMessages>(&messages.content)) {
    total = std::accumulate(bytes->sizes.begin(), bytes->sizes.end(), 0.0);
    items = static_cast<double>(bytes->sizes.size());
    if (bytes->drawn_between) return static_cast<double>(bytes->drawn_between->second) * messages.count;
  } else {
    const auto& templates = std::get<TextMessages>(messages.content).templates;
    items = static_cast<double>(templates.size());
    for (const std::string& text : templates) {
      for (const TemplatePiece& piece : parse_template(text).pieces) {
        total += static_cast<double>(piece.is_variable ? longest_value(piece.text, group, scenario_name, 1)
                                                       : piece.text.size());
      }
    }
  }
  return items == 0 ? 0 : total / items * messages.count;
}

std::uint32_t read_size(const Node& size, const ClientGroup& group, Mistakes& mistakes) {
  const auto bytes = static_cast<std::uint32_t>(std::stoul(size.text));
  if (group.protocol == Transport::udp && bytes > max_udp_payload) {
    mistakes.at(size, fmt::format("{} bytes do not fit into a UDP datagram", size.text),
                fmt::format("allowed: at most {} (65,535 less 20 bytes of IP and 8 of UDP header)", max_udp_payload));
  }
  return bytes;
}

// A student's client gets its messages as lines that somebody types: what only our client can do is refused.
void check_typed(const Reader& client, const Reader& reader, const Messages& messages, Mistakes& mistakes) {
  for (const char* const key : {"sizes", "sizes_between", "interval", "rate", "window", "retries", "chunk"}) {
    if (reader.given(key) == nullptr) continue;
    mistakes.at(reader.place(key), fmt::format("'{}' can't be asked of a submitted client", key),
                "it gets its messages as lines on its terminal; leave it out");
  }
  for (const char* const key : {"clients_per_container", "half_close"}) {
    if (client.given(key) == nullptr) continue;
    mistakes.at(client.place(key), fmt::format("'{}' can't be asked of a submitted client", key),
                "each container runs the student's program once; leave it out");
  }
  if (messages.count > max_typed_lines) {
    mistakes.at(reader.place("count"), fmt::format("{} lines to type", messages.count),
                fmt::format("allowed: at most {}", max_typed_lines));
  }
  for (const Node* const text : reader.items("text")) {
    if (text->text.find('\n') == std::string::npos && text->text.size() <= max_typed_bytes) continue;
    mistakes.at(*text, "this text is no single line of a terminal",
                fmt::format("allowed: one line of at most {} bytes", max_typed_bytes));
  }
}

}  // namespace

void read_messages(const Reader& client, const std::string& scenario_name, ClientGroup& group, Mistakes& mistakes) {
  read_identities(client, group, mistakes);
  if (!client.present("containers") && !group.identities.empty()) {
    group.containers = static_cast<std::uint32_t>(group.identities.size());
  }
  const Reader reader = client.section("messages");
  Messages& messages = group.messages;
  const std::vector<const Node*> sizes = reader.items("sizes");
  const std::vector<const Node*> texts = reader.items("text");
  const std::vector<const Node*> between = reader.items("sizes_between");
  const std::size_t items = !sizes.empty() ? sizes.size() : std::max<std::size_t>(1, texts.size());
  messages.count = static_cast<std::uint32_t>(reader.given("count") != nullptr ? reader.integer("count")
                                                                               : static_cast<std::int64_t>(items));
  if (!sizes.empty() || !between.empty()) {
    ByteMessages content;
    const std::string fill = reader.text("fill");
    content.fill = fill == "zero" ? Fill::zero : fill == "pattern" ? Fill::pattern : Fill::random;
    for (const Node* const size : sizes) content.sizes.push_back(read_size(*size, group, mistakes));
    if (between.size() == 2) {
      const std::uint32_t least = read_size(*between[0], group, mistakes);
      const std::uint32_t most = read_size(*between[1], group, mistakes);
      content.drawn_between = {least, most};
      if (least > most) {
        mistakes.at(*between[1], fmt::format("{} is less than {}", most, least), "the smaller one comes first");
      }
      if (messages.count > max_drawn_sizes) {
        mistakes.at(reader.place("count"), fmt::format("{} sizes to draw", messages.count),
                    fmt::format("allowed: at most {}", max_drawn_sizes));
      }
    }
    messages.content = std::move(content);
  } else {
    TextMessages content;
    for (const Node* const text : texts) {
      content.templates.push_back(text->text);
      check_text(*text, group, scenario_name, messages.count, mistakes);
    }
    if (content.templates.empty()) content.templates.emplace_back(default_text);
    messages.content = std::move(content);
  }
  messages.shuffled = reader.boolean("shuffle");
  messages.interval = reader.duration("interval");
  if (reader.given("rate") != nullptr) {
    messages.interval = Nanoseconds(static_cast<std::int64_t>(std::llround(1e9 / reader.number("rate"))));
  }
  messages.window = static_cast<std::uint32_t>(reader.integer("window"));
  messages.timeout = reader.duration("timeout");
  messages.retries = static_cast<std::uint32_t>(reader.integer("retries"));
  messages.chunk = static_cast<std::uint32_t>(reader.integer("chunk"));
  refuse_for(Transport::tcp, reader, "retries", "TCP repeats lost segments itself; leave it out", group, mistakes);
  refuse_for(Transport::udp, reader, "chunk", "a datagram is sent whole; leave it out", group, mistakes);
  refuse_for(Transport::udp, client, "half_close", "UDP has no connection to close; leave it out", group, mistakes);
  if (std::holds_alternative<Submitted>(group.container.program)) check_typed(client, reader, messages, mistakes);
}

void check_student_template(const Node& text, Mistakes& mistakes) {
  const MessageTemplate parsed = parse_template(text.text);
  if (parsed.mistake) {
    mistakes.inside(text, parsed.mistake->offset, parsed.mistake->length, parsed.mistake->message,
                    parsed.mistake->hint);
    return;
  }
  const std::vector<std::string_view> known(student_variables.begin(), student_variables.end() - 1);  // no nonce
  for (const TemplatePiece& piece : parsed.pieces) {
    if (!piece.is_variable || std::find(known.begin(), known.end(), piece.text) != known.end()) continue;
    mistakes.inside(text, piece.offset, piece.length, fmt::format("unknown variable {}", quote(piece.text)),
                    suggest(piece.text, known));
  }
}

void check_amounts(const Scenario& scenario, const std::vector<Reader>& client_readers, Mistakes& mistakes) {
  std::uint64_t clients = 0;
  double messages = 0, bytes = 0;
  bool told_clients = false, told_messages = false, told_bytes = false;
  for (std::size_t i = 0; i < scenario.clients.size(); ++i) {
    const ClientGroup& group = scenario.clients[i];
    const Reader& reader = client_readers[i];
    const Reader message_reader = reader.section("messages");
    const Reader start_reader = reader.section("start");

    const std::uint64_t here = std::uint64_t{group.containers} * group.clients_per_container;
    clients += here;
    messages += static_cast<double>(here) * group.messages.count;
    bytes += 2 * static_cast<double>(here) * bytes_per_client(group, scenario.name);
    if (clients > max_clients && !std::exchange(told_clients, true)) {
      mistakes.at(reader.place("clients_per_container"), fmt::format("{} clients in all", with_thousands(clients)),
                  fmt::format("allowed: at most {} in one scenario", with_thousands(max_clients)));
    }
    const Node& amount =
        message_reader.given("count") != nullptr ? message_reader.place("count") : reader.place("messages");
    if (messages > max_messages && !std::exchange(told_messages, true)) {
      mistakes.at(amount, fmt::format("{:.0f} messages in all", messages),
                  "allowed: at most 1,000,000 in one scenario; each is logged and judged by itself");
    }
    if (scenario.capture.enabled && scenario.capture.snaplen == 0 &&
        bytes > static_cast<double>(scenario.capture.limit_bytes) && !std::exchange(told_bytes, true)) {
      mistakes.at(amount,
                  fmt::format("messages and echoes have at least {} in all, more than the capture may hold ({})",
                              humanize_bytes(static_cast<std::uint64_t>(std::min(bytes, 1e18))),
                              humanize_bytes(scenario.capture.limit_bytes)),
                  "send less, or raise 'limit' in 'capture'");
    }
    if (group.messages.timeout > scenario.limits.run) {
      mistakes.at(
          message_reader.place("timeout"),
          fmt::format("an echo may take {}, longer than the whole run", format_duration(group.messages.timeout)),
          fmt::format("the run ends after {}: 'run' in 'limits'", format_duration(scenario.limits.run)));
    }
    const double least = static_cast<double>(group.start.delay.count()) +
                         static_cast<double>(group.start.spacing.count()) * (group.containers - 1.0) +
                         static_cast<double>(group.messages.interval.count()) * (group.messages.count - 1.0);
    if (least > static_cast<double>(scenario.limits.run.count())) {
      const Node& at = message_reader.given("interval") != nullptr ? message_reader.place("interval")
                       : message_reader.given("rate") != nullptr   ? message_reader.place("rate")
                       : start_reader.given("spacing") != nullptr  ? start_reader.place("spacing")
                                                                   : start_reader.place("delay");
      mistakes.at(at, fmt::format("sending alone takes {:.1f} s, longer than the whole run", least / 1e9),
                  fmt::format("the run ends after {}: 'run' in 'limits'", format_duration(scenario.limits.run)));
    }
  }
}

}  // namespace echolab::scenario

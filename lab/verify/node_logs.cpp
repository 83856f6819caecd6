#include "lab/verify/node_logs.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "lab/base/error.h"
#include "lab/base/text.h"
#include "lab/verify/event_log.h"

namespace echolab::verify {

namespace {

constexpr std::size_t last_bytes = 2048, last_lines = 3, last_columns = 200;
constexpr std::uint32_t neighbours = 1024;  // messages looked at around the one logged before

// Whether a log can be held against anybody; the reason is empty then.
std::string incompleteness(const artifacts::RunFolder& run, const plan::Node& node, const EventLog& log,
                           bool has_totals, std::uint64_t dropped) {
  const std::string name = fmt::format("nodes/{}/events.jsonl", node.name);
  if (!log.exists()) return name + " is missing";
  if (std::find(run.damaged.begin(), run.damaged.end(), name) != run.damaged.end()) {
    return name + " is not the file that was recorded";
  }
  if (dropped > 0) return fmt::format("{} events of {} could not be written", with_thousands(dropped), node.name);
  if (log.skipped() > 0) return fmt::format("{} lines of {} are no events", with_thousands(log.skipped()), name);
  if (!has_totals) return fmt::format("{} ends without its totals line", name);
  return {};
}

// Reads one log; `take` sees every event. Returns why the log is incomplete, or nothing.
template <typename Take>
std::string read_log(const artifacts::RunFolder& run, const plan::Node& node, Take take) {
  EventLog log(run.node_file(node.name, "events.jsonl"));
  EventLine line;
  bool has_totals = false;
  std::uint64_t dropped = 0;
  while (log.next(line)) {
    has_totals = line.event() == "totals";
    if (has_totals) dropped = line.number("events_dropped").value_or(0);
    take(line, log.line_number());
  }
  return incompleteness(run, node, log, has_totals, dropped);
}

void take_client_line(ExchangeState& exchange, const EventLine& line, std::uint64_t number) {
  const std::string_view event = line.event();
  if (event == "bind" || event == "connect") {
    const auto local = Endpoint::parse(line.text("local").value_or(""));
    if (local && local->port.value != 0) {
      exchange.logged_port = local->port;
      exchange.logged_port_line = number;
    }
    return;
  }
  const std::uint64_t message = line.number("message").value_or(0);
  if (event != "send" && event != "recv" && event != "timeout") return;
  if (event == "send") ++exchange.client_log.sent;
  if (event == "recv") ++exchange.client_log.received;
  if (message == 0 || message > exchange.plan->messages) return;
  MessageState& state = exchange.message(static_cast<std::uint32_t>(message));
  if (event == "send") {
    state.set(MessageState::client_sent);
  } else if (event == "timeout") {
    state.set(MessageState::client_gave_up);
  } else {
    const auto status = line.text("status").value_or("");
    if (status == "altered") {
      state.set(MessageState::client_altered);
    } else if (status == "echo" || status == "late" || status == "duplicate") {
      state.set(MessageState::client_received);
      state.logged_hash = fold(line.hash().value_or(0));
    }
    state.client_line = static_cast<std::uint32_t>(std::min<std::uint64_t>(number, ~std::uint32_t{0}));
  }
}

// The message that these bytes are, looked for from `cursor` on, both ways; 0 when it is none nearby.
std::uint32_t message_with_hash(const ExchangeState& exchange, std::uint32_t hash, std::uint32_t cursor,
                                MessageState::Flag unless) {
  const auto fits = [&](std::uint32_t m) {
    const MessageState* state = exchange.find_message(m);
    return state != nullptr && state->on_wire() && state->hash == hash && !state->has(unless);
  };
  for (std::uint32_t distance = 0; distance < neighbours; ++distance) {
    if (fits(cursor + 1 + distance)) return cursor + 1 + distance;
    if (cursor >= distance && fits(cursor - distance)) return cursor - distance;
  }
  return 0;
}

// Whether a line with these bytes was seen already: a retry, or a second echo.
bool has_bytes(const ExchangeState& exchange, std::uint32_t hash, std::uint32_t cursor, MessageState::Flag flag) {
  const std::uint32_t first = cursor > neighbours ? cursor - neighbours : 1;
  for (std::uint32_t m = first; m <= exchange.highest && m < cursor + neighbours; ++m) {
    const MessageState* state = exchange.find_message(m);
    if (state != nullptr && state->hash == hash && state->has(flag)) return true;
  }
  return false;
}

struct ServerCursor {
  std::uint32_t received = 0, sent = 0;
};

void take_server_datagram(ExchangeState& exchange, ServerCursor& cursors, const EventLine& line, std::uint64_t number) {
  const bool received = line.event() == "recv";
  ++(received ? exchange.server_log.received : exchange.server_log.sent);
  const auto hash = line.hash();
  if (!hash) return;
  const auto flag = received ? MessageState::server_received : MessageState::server_sent;
  std::uint32_t& cursor = received ? cursors.received : cursors.sent;
  const std::uint32_t message = message_with_hash(exchange, fold(*hash), cursor, flag);
  if (message != 0) {
    cursor = message;
    exchange.message(message).set(flag);
    return;
  }
  // A retry or a second echo of a message is known already. Bytes of a request that nobody planned are not looked up.
  if (exchange.count(Trouble::request_unplanned) > 0 || exchange.count(Trouble::request_differs) > 0) return;
  if (has_bytes(exchange, fold(*hash), cursor, flag)) return;
  if (!received &&
      exchange.count(Trouble::altered) + exchange.count(Trouble::unsolicited) + exchange.count(Trouble::wrong_client) >
          0) {
    return;  // the wire shows the same wrong bytes: log and wire agree
  }
  Incident incident;
  incident.line = number;
  exchange.add(received ? Trouble::server_claims_receive : Trouble::server_claims_send, std::move(incident));
}

// "0.0.0.0:5000", "[::]:5000"
void take_server_socket(ServerLog& log, const EventLine& line, std::uint64_t number) {
  if (line.event() == "accept") {
    const auto remote = Endpoint::parse(line.text("remote").value_or(""));
    if (remote && log.accepts.size() < ServerLog::accepts_kept) {
      log.accepts.push_back({*remote, line.number("mono_ns").value_or(0), number});
    }
  } else if (line.event() == "bind" && log.binds.size() < ServerLog::accepts_kept) {
    const auto local = Endpoint::parse(line.text("local").value_or(""));
    const Transport transport = line.text("proto") == "tcp" ? Transport::tcp : Transport::udp;
    if (local) log.binds.push_back({transport, local->port, number});
  }
}

void disagree(ExchangeState& exchange, Trouble trouble, std::uint32_t number, const MessageState& state) {
  Incident incident;
  incident.message = number;
  incident.packet = state.echo_packet;
  incident.request_packet = state.request_packet;
  incident.line = state.client_line;
  exchange.add(trouble, std::move(incident));
}

void compare_client(ExchangeState& exchange, std::uint32_t m, const MessageState& state) {
  const bool came_back = state.has(MessageState::echoed) || state.has(MessageState::late);
  const bool sent = state.has(MessageState::client_sent);
  const bool received = state.has(MessageState::client_received);
  if (sent && !state.on_wire()) disagree(exchange, Trouble::client_claims_send, m, state);
  if (!sent && state.on_wire()) disagree(exchange, Trouble::client_missed_send, m, state);
  if (state.has(MessageState::unverified)) return;
  if (received && !came_back) disagree(exchange, Trouble::client_claims_echo, m, state);
  // A reset discards what the client had not read yet, and after a late echo nobody may be listening.
  if (!received && state.has(MessageState::echoed) && !exchange.tcp.reset) {
    disagree(exchange, state.has(MessageState::client_altered) ? Trouble::client_altered : Trouble::client_missed_echo,
             m, state);
  }
  if (received && came_back && exchange.plan->protocol == Transport::udp && exchange.cut == 0 &&
      state.has(MessageState::requested) && state.logged_hash != state.hash) {
    disagree(exchange, Trouble::client_altered, m, state);
  }
}

void compare_server(ExchangeState& exchange, std::uint32_t m, const MessageState& state) {
  if (exchange.plan->protocol != Transport::udp || exchange.cut > 0) return;
  const bool came_back =
      state.has(MessageState::echoed) || state.has(MessageState::late) || state.has(MessageState::altered);
  if (state.on_wire() && !state.has(MessageState::server_received)) {
    disagree(exchange, Trouble::server_missed_receive, m, state);
  }
  if (state.has(MessageState::server_sent) && !came_back) disagree(exchange, Trouble::server_claims_send, m, state);
  if (state.has(MessageState::echoed) && !state.has(MessageState::server_sent)) {
    disagree(exchange, Trouble::server_missed_send, m, state);
  }
}

// TCP: the server logs chunks, which know nothing of messages; its bytes are compared as sums.
void compare_server_stream(ExchangeState& exchange) {
  if (exchange.tcp.reset || exchange.tcp.missing > 0 || exchange.tcp.connections > 1) return;
  const auto compare = [&](std::uint64_t logged, std::uint64_t wire, Trouble claims, Trouble missed) {
    if (logged == wire) return;
    Incident incident;
    incident.detail = fmt::format("{} bytes logged, {} on the wire", logged, wire);
    exchange.add(logged > wire ? claims : missed, std::move(incident));
  };
  compare(exchange.server_log.received, exchange.tcp.bytes_sent, Trouble::server_claims_receive,
          Trouble::server_missed_receive);
  compare(exchange.server_log.sent, exchange.tcp.bytes_echoed, Trouble::server_claims_send,
          Trouble::server_missed_send);
}

std::string last_words_of(const std::filesystem::path& file) {
  std::string text;
  try {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) return {};
    text = read_file(file);
  } catch (const EnvironmentError&) {
    return {};
  }
  std::string_view tail = text;
  if (tail.size() > last_bytes) tail.remove_prefix(tail.size() - last_bytes);
  while (tail.ends_with('\n')) tail.remove_suffix(1);
  std::size_t begin = tail.size();
  for (std::size_t i = 0; i < last_lines; ++i) {
    const auto newline = begin == 0 ? std::string_view::npos : tail.rfind('\n', begin - 1);
    begin = newline == std::string_view::npos ? 0 : newline;
  }
  if (begin > 0) tail.remove_prefix(begin + 1);
  return cut_to_width(escape_for_terminal(tail), last_columns);
}

}  // namespace

std::vector<NodeRecord> read_node_records(const artifacts::RunFolder& run) {
  std::vector<NodeRecord> records(run.plan.nodes.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    NodeRecord& record = records[i];
    try {
      record.exit = run.node_exit(run.plan.nodes[i].name);
    } catch (const EnvironmentError& error) {
      record.exit.error = error.cause();
    }
    record.ended = record.exit.exit_code.has_value();
    record.never_started = !record.ended && !record.exit.error.empty();
    // 126 and 127: not executable, not found; above: 128 and the number of the signal, by the shell's convention.
    // SIGINT, SIGTERM and SIGKILL come from outside: that is how a server is stopped that handles no signal.
    const int code = record.exit.exit_code.value_or(0);
    const bool stopped = code == 130 || code == 137 || code == 143;
    const bool badly = record.exit.out_of_memory || (code >= 126 && !stopped);
    record.crashed = record.ended && badly && !record.exit.killed_by_us;
    if (record.ended && *record.exit.exit_code != 0) {
      record.last_words = last_words_of(run.node_file(run.plan.nodes[i].name, "stderr"));
    }
  }
  return records;
}

void read_client_logs(const artifacts::RunFolder& run, Ledger& ledger) {
  std::map<std::pair<std::size_t, std::uint64_t>, std::uint32_t> by_client;
  for (const ExchangeState& exchange : ledger.exchanges) {
    by_client.emplace(std::pair{exchange.plan->client_node, exchange.plan->client}, exchange.index);
  }
  for (std::size_t node = 0; node < run.plan.nodes.size(); ++node) {
    if (run.plan.nodes[node].role != plan::Role::client || !run.plan.nodes[node].writes_events) continue;
    const std::string why = read_log(run, run.plan.nodes[node], [&](const EventLine& line, std::uint64_t number) {
      const auto at = by_client.find({node, line.number("client").value_or(0)});
      if (at != by_client.end()) take_client_line(ledger.exchanges[at->second], line, number);
    });
    for (auto at = by_client.lower_bound({node, 0}); at != by_client.end() && at->first.first == node; ++at) {
      LogFacts& facts = ledger.exchanges[at->second].client_log;
      facts.expected = true;
      facts.complete = why.empty();
      facts.why = why;
    }
  }
}

void read_server_logs(const artifacts::RunFolder& run, Ledger& ledger, EndpointDirectory& directory) {
  for (std::size_t node = 0; node < run.plan.nodes.size(); ++node) {
    if (run.plan.nodes[node].role != plan::Role::server || !run.plan.nodes[node].writes_events) continue;
    std::map<std::uint32_t, ServerCursor> cursors;
    ServerLog& server_log = ledger.server_logs[node];
    const std::string why = read_log(run, run.plan.nodes[node], [&](const EventLine& line, std::uint64_t number) {
      if (line.event() != "recv" && line.event() != "send") return take_server_socket(server_log, line, number);
      const auto remote = Endpoint::parse(line.text("remote").value_or(""));
      const bool tcp = line.text("proto") == "tcp";
      if (!remote) return;
      ExchangeState* exchange = directory.find_client(*remote, tcp ? Transport::tcp : Transport::udp);
      if (exchange == nullptr || exchange->plan->server_node != node) return;
      if (!tcp) return take_server_datagram(*exchange, cursors[exchange->index], line, number);
      (line.event() == "recv" ? exchange->server_log.received : exchange->server_log.sent) +=
          line.number("length").value_or(0);
    });
    server_log.log.expected = true;
    server_log.log.complete = why.empty();
    server_log.log.why = why;
    // Lines may stand slightly out of order.
    std::stable_sort(server_log.accepts.begin(), server_log.accepts.end(),
                     [](const auto& a, const auto& b) { return a.mono_ns < b.mono_ns; });
    for (ExchangeState& exchange : ledger.exchanges) {
      if (exchange.plan->server_node != node) continue;
      exchange.server_log.expected = true;
      exchange.server_log.complete = why.empty();
      exchange.server_log.why = why;
    }
  }
}

void compare_witnesses(Ledger& ledger) {
  for (ExchangeState& exchange : ledger.exchanges) {
    if (exchange.server_log.complete && exchange.plan->protocol == Transport::tcp) compare_server_stream(exchange);
    for (std::uint32_t m = 1; const MessageState* state = exchange.find_message(m); ++m) {
      if (exchange.client_log.complete) compare_client(exchange, m, *state);
      if (exchange.server_log.complete) compare_server(exchange, m, *state);
    }
  }
}

}  // namespace echolab::verify

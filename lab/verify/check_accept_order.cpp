// The server's log accepted connections in the order in which their handshakes ended on the wire.

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "lab/base/text.h"
#include "lab/verify/check.h"

namespace echolab::verify {

namespace {

// Handshakes that end closer together have no order: their last packets pass the bridge and reach the server's queue on
// different processors.
constexpr std::int64_t together_ns = 1'000'000;

struct Accepted {
  const ExchangeState* exchange;
  std::uint64_t line;
};

// The accepts of known clients, each client's first, in the log's order.
std::vector<Accepted> accepted_clients(const CheckContext::ServerView& server, const ServerLog& log) {
  std::map<Endpoint, const ExchangeState*> clients;
  for (const ExchangeState* exchange : server.exchanges) {
    if (exchange->client) clients.emplace(*exchange->client, exchange);
  }
  std::vector<Accepted> accepted;
  for (const ServerLog::Accept& accept : log.accepts) {
    const auto at = clients.find(accept.remote);
    if (at == clients.end()) continue;
    accepted.push_back({at->second, accept.line});
    clients.erase(at);
  }
  return accepted;
}

void judge(const CheckContext& context, const CheckContext::ServerView& server, const ServerLog& log,
           Judgement& judgement) {
  const std::vector<Accepted> accepted = accepted_clients(server, log);
  const std::string file = events_file(context, server.node);
  const Accepted* latest = nullptr;
  for (const Accepted& now : accepted) {
    if (now.exchange->tcp.handshake_packet == 0) continue;
    if (latest != nullptr &&
        now.exchange->tcp.handshake_time_ns + together_ns <= latest->exchange->tcp.handshake_time_ns) {
      const std::uint64_t earlier = now.exchange->tcp.handshake_packet;
      const std::uint64_t later = latest->exchange->tcp.handshake_packet;
      const Incidents where = at_packets({earlier, later});
      judgement.fail(fmt::format("{} was accepted before {}, whose handshake ended first (packet {}, the other's is "
                                 "packet {})",
                                 latest->exchange->subject, now.exchange->subject, earlier, later),
                     "accept takes connections in the order in which they were made", &where);
      judgement.line(file, latest->line);
      judgement.line(file, now.line);
      return;
    }
    if (latest == nullptr || now.exchange->tcp.handshake_time_ns > latest->exchange->tcp.handshake_time_ns)
      latest = &now;
  }
  for (const ExchangeState* exchange : server.exchanges) {
    const std::string doubt = context.doubt_of_absence(*exchange);
    if (exchange->tcp.handshake_packet == 0) {
      judgement.absent(doubt, fmt::format("there is no whole handshake of {}", exchange->subject),
                       "does the server listen on this address and port?");
    } else if (std::none_of(accepted.begin(), accepted.end(), [&](const auto& a) { return a.exchange == exchange; })) {
      const Incidents where = at_packets({exchange->tcp.handshake_packet});
      const std::string too_many = log.accepts.size() == ServerLog::accepts_kept ? "the log has too many of them" : "";
      judgement.absent(too_many,
                       fmt::format("the server's log has no accept of {}, whose handshake ended in packet {}",
                                   exchange->subject, exchange->tcp.handshake_packet),
                       "call accept for every client", &where);
    }
  }
}

}  // namespace

void check_accept_order(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings) {
  for (const CheckContext::ServerView& server : context.servers(check)) {
    const ExchangeState& any = *server.exchanges.front();
    Judgement judgement(check, context.run.plan.nodes.at(server.node).name, context.capture_of(any).file);
    const auto at = context.ledger.server_logs.find(server.node);
    if (at == context.ledger.server_logs.end()) {
      judgement.skip("the server writes no event log");
    } else if (!at->second.log.complete) {
      judgement.doubt("no verdict: " + at->second.log.why);
    } else {
      judge(context, server, at->second, judgement);
    }
    if (judgement.outcome() == Outcome::passed) {
      for (const ExchangeState* exchange : server.exchanges) judgement.cite({exchange->tcp.handshake_packet});
    }
    findings.push_back(std::move(judgement).finish(
        fmt::format("{} accepted in the order of the handshakes",
                    counted(server.exchanges.size(), "connection was", "connections were"))));
  }
}

}  // namespace echolab::verify

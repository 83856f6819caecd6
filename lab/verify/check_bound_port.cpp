// A server answered from the port it should have, and its log says that it bound that one.

#include <fmt/format.h>

#include <algorithm>

#include "lab/base/text.h"
#include "lab/verify/check.h"

namespace echolab::verify {

namespace {

std::uint64_t first_reply(const ExchangeState& exchange) {
  return exchange.tcp.synack_packet != 0 ? exchange.tcp.synack_packet : exchange.first_reply_packet;
}

void judge_wire(const CheckContext& context, const ExchangeState& exchange, Port port, Judgement& judgement) {
  const Port planned = exchange.plan->server.port;
  const std::uint64_t reply = first_reply(exchange);
  if (const Incidents* other = exchange.find(Trouble::other_port)) {
    const auto from = Endpoint::parse(other->first.detail);
    if (!from || from->port != port) {
      judgement.fail(fmt::format("{} was answered from {}, not from port {}{}", exchange.subject, other->first.detail,
                                 port.value, in_packet(other->first.packet)),
                     "answer from the socket that the request arrived on", other);
    }
  }
  if (reply != 0 && planned != port) {
    const Incidents where = at_packets({reply});
    judgement.fail(fmt::format("{} was answered from port {}, not from port {} (packet {})", exchange.subject,
                               planned.value, port.value, reply),
                   "bind the port that is asked for", &where);
  } else if (reply == 0 && exchange.count(Trouble::other_port) == 0) {
    const Incidents where = at_packets({exchange.first_packet, exchange.icmp_packet});
    judgement.absent(context.doubt_of_absence(exchange), fmt::format("{} was never answered", exchange.subject),
                     "does the server listen on this address and port?", &where);
  }
}

// Bound with each protocol that its clients use.
void judge_log(const CheckContext& context, const CheckContext::ServerView& server, Port port, Judgement& judgement) {
  const auto at = context.ledger.server_logs.find(server.node);
  if (at == context.ledger.server_logs.end() || !at->second.log.complete) return;
  const auto& binds = at->second.binds;
  for (const Transport transport : {Transport::udp, Transport::tcp}) {
    const bool used = std::any_of(server.exchanges.begin(), server.exchanges.end(),
                                  [&](const ExchangeState* e) { return e->plan->protocol == transport; });
    const bool bound = std::any_of(binds.begin(), binds.end(), [&](const ServerLog::Bind& bind) {
      return bind.transport == transport && bind.port == port;
    });
    if (!used || bound) continue;
    judgement.fail(
        fmt::format("the server's log does not say that it bound {} port {}", to_string(transport), port.value),
        "bind the port that is asked for");
    for (const ServerLog::Bind& bind : binds) judgement.line(events_file(context, server.node), bind.line);
  }
}

}  // namespace

void check_bound_port(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings) {
  for (const CheckContext::ServerView& server : context.servers(check)) {
    const ExchangeState& any = *server.exchanges.front();
    const Port port = std::get<scenario::PortTerms>(check.terms).port.value_or(any.plan->server.port);
    Judgement judgement(check, context.run.plan.nodes.at(server.node).name, context.capture_of(any).file);
    for (const ExchangeState* exchange : server.exchanges) judge_wire(context, *exchange, port, judgement);
    judge_log(context, server, port, judgement);
    std::uint64_t reply = 0;
    for (const ExchangeState* exchange : server.exchanges) {
      const Incidents* const other = exchange->find(Trouble::other_port);
      const std::uint64_t packet = other != nullptr ? other->first.packet : first_reply(*exchange);
      if (packet != 0 && (reply == 0 || packet < reply)) reply = packet;
    }
    if (judgement.outcome() == Outcome::passed) judgement.cite({reply});
    findings.push_back(std::move(judgement).finish(fmt::format("answered {} from port {}, first in packet {}",
                                                               counted(server.exchanges.size(), "client", "clients"),
                                                               port.value, reply)));
  }
}

}  // namespace echolab::verify

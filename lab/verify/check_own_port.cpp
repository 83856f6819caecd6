// Each client has a port of its own, the one it says it bound.

#include <fmt/format.h>

#include <map>

#include "lab/base/text.h"
#include "lab/verify/check.h"

namespace echolab::verify {

void check_own_port(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings) {
  // Who uses an endpoint: on the wire, or else by its own log.
  std::map<std::pair<Transport, Endpoint>, std::vector<std::uint32_t>> users;
  const auto endpoint_of = [](const ExchangeState& exchange) -> std::optional<Endpoint> {
    if (exchange.client) return exchange.client;
    if (exchange.logged_port) return Endpoint{exchange.plan->client_address, *exchange.logged_port};
    return std::nullopt;
  };
  for (const ExchangeState& exchange : context.ledger.exchanges) {
    if (const auto endpoint = endpoint_of(exchange)) {
      users[{exchange.plan->protocol, *endpoint}].push_back(exchange.index);
    }
  }
  for (const ExchangeState& exchange : context.ledger.exchanges) {
    if (!context.concerns(check, exchange)) continue;
    const plan::Exchange& planned = *exchange.plan;
    Judgement judgement(check, exchange.subject, context.capture_of(exchange).file);
    const std::string log = fmt::format("nodes/{}/events.jsonl", context.run.plan.nodes[planned.client_node].name);
    Incidents where;
    if (exchange.first_packet != 0) {
      Incident first;
      first.packet = exchange.first_packet;
      where.add(std::move(first));
    }

    const auto endpoint = endpoint_of(exchange);
    if (endpoint) {
      for (const std::uint32_t other : users[{planned.protocol, *endpoint}]) {
        if (other == exchange.index) continue;
        judgement.fail(fmt::format("{} and {} share {}", exchange.subject, context.ledger.exchanges[other].subject,
                                   endpoint->to_string()),
                       "bind port 0, so that the system chooses a free port for each socket", &where);
        break;
      }
    }
    if (exchange.client && planned.client_port.value != 0 && exchange.client->port != planned.client_port) {
      judgement.fail(fmt::format("{} sent from port {}, planned is {}", exchange.subject, exchange.client->port.value,
                                 planned.client_port.value),
                     "bind the port that the scenario names", &where);
    }
    if (exchange.client && exchange.logged_port && exchange.client_log.complete &&
        exchange.client->port != *exchange.logged_port) {
      judgement.fail(fmt::format("{} sent from port {}, its log says {}", exchange.subject, exchange.client->port.value,
                                 exchange.logged_port->value),
                     "", &where);
      judgement.line(log, exchange.logged_port_line);
    }
    if (!exchange.client) {
      const std::string end =
          how_it_ended(context.run.plan.nodes[planned.client_node].name, context.client_of(exchange));
      judgement.absent(context.doubt_of_absence(exchange),
                       fmt::format("{} sent nothing{}{}", exchange.subject, end.empty() ? "" : "; ", end),
                       "look at the client's standard error");
    }
    std::string passed;
    if (exchange.client) {
      passed = fmt::format("sent from {}, which nobody else used", exchange.client->to_string());
      if (exchange.further_ports > 0) {
        passed += fmt::format(", and from {}", counted(exchange.further_ports, "further port", "further ports"));
      }
    }
    findings.push_back(std::move(judgement).finish(std::move(passed)));
  }
}

}  // namespace echolab::verify

// As many messages went out and came back as planned, each was sent no more often than its retries allow, and the
// client's program ended well.

#include <fmt/format.h>

#include "lab/base/text.h"
#include "lab/verify/check.h"

namespace echolab::verify {

void check_counts(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings) {
  for (const ExchangeState& exchange : context.ledger.exchanges) {
    if (!context.concerns(check, exchange)) continue;
    const plan::Exchange& planned = *exchange.plan;
    const std::string doubt = context.doubt_of_absence(exchange);
    Judgement judgement(check, exchange.subject, context.capture_of(exchange).file);

    if (const Incidents* often = exchange.find(Trouble::request_repeated)) {
      judgement.fail(fmt::format("message {} was sent more often than {}{}{}", often->first.message,
                                 planned.retries == 0 ? "once" : counted(planned.retries, "retry", "retries"),
                                 in_packet(often->first.packet), and_more(*often, "datagrams")),
                     "a message is sent again only when no echo came in time", often);
    }
    if (const Incidents* more = exchange.find(Trouble::request_unplanned)) {
      judgement.fail(
          fmt::format("{} sent what is not in the plan{}{}{}{}", exchange.subject, in_packet(more->first.packet),
                      more->first.detail.empty() ? "" : ": ", more->first.detail, and_more(*more, "times")),
          "the client sends the planned messages and no others", more);
    }
    if (context.client_of(exchange).crashed) {
      judgement.fail(how_it_ended(context.run.plan.nodes[planned.client_node].name, context.client_of(exchange)),
                     "the client's program crashed; its last lines are in its standard error");
    }
    if (context.server_of(exchange).crashed) {
      judgement.fail(how_it_ended(context.run.plan.nodes[planned.server_node].name, context.server_of(exchange)),
                     "the server's program crashed; its last lines are in its standard error");
    }
    const std::uint64_t back = exchange.echoed + exchange.late + exchange.altered;
    if (exchange.sent < planned.messages) {
      judgement.absent(doubt,
                       fmt::format("{} of {} were sent", exchange.sent,
                                   counted(planned.messages, "planned message", "planned messages")),
                       "look at the client's standard error", exchange.find(Trouble::unsent));
    } else if (back < planned.messages) {
      judgement.absent(doubt, fmt::format("{} of {} came back", back, counted(planned.messages, "message", "messages")),
                       "the server must answer every message", exchange.find(Trouble::lost));
    }
    findings.push_back(
        std::move(judgement).finish(fmt::format("{} sent, {} echoed, as planned", exchange.sent, exchange.echoed)));
  }
}

}  // namespace echolab::verify

// The server served all its clients at once: there is an instant that lies between the first and the last echo of each.

#include <fmt/format.h>

#include "lab/verify/check.h"

namespace echolab::verify {

namespace {

void judge(const CheckContext& context, const CheckContext::ServerView& server, Judgement& judgement,
           std::string& passed) {
  const ExchangeState* latest_begin = nullptr;
  const ExchangeState* earliest_end = nullptr;
  for (const ExchangeState* exchange : server.exchanges) {
    if (exchange->first_echo.packet == 0) {
      const Incidents where = at_packets({exchange->first_packet});
      judgement.absent(context.doubt_of_absence(*exchange), fmt::format("{} has no echo", exchange->subject),
                       "the server must answer every client", &where);
      continue;
    }
    if (latest_begin == nullptr || exchange->first_echo.time_ns > latest_begin->first_echo.time_ns) {
      latest_begin = exchange;
    }
    if (earliest_end == nullptr || exchange->last_echo.time_ns < earliest_end->last_echo.time_ns) {
      earliest_end = exchange;
    }
  }
  if (latest_begin == nullptr || judgement.outcome() != Outcome::passed) return;
  const Moment begin = latest_begin->first_echo, end = earliest_end->last_echo;
  if (begin.time_ns < end.time_ns) {
    judgement.cite({begin.packet, end.packet});
    passed =
        fmt::format("all {} clients were served between packet {} (first echo of {}) and packet {} (last of {})",
                    server.exchanges.size(), begin.packet, latest_begin->subject, end.packet, earliest_end->subject);
    return;
  }
  const Incidents where = at_packets({end.packet, begin.packet});
  judgement.absent(context.doubt_of_absence(server),
                   fmt::format("{} had its last echo (packet {}) before {} had its first (packet {})",
                               earliest_end->subject, end.packet, latest_begin->subject, begin.packet),
                   "one socket answers many clients: do not finish one before the next is served", &where);
}

}  // namespace

void check_served_at_once(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings) {
  for (const CheckContext::ServerView& server : context.servers(check)) {
    Judgement judgement(check, context.run.plan.nodes.at(server.node).name,
                        context.capture_of(*server.exchanges.front()).file);
    std::string passed;
    if (server.exchanges.size() < 2) {
      judgement.skip("the server has only one client");
    } else {
      judge(context, server, judgement, passed);
    }
    findings.push_back(std::move(judgement).finish(std::move(passed)));
  }
}

}  // namespace echolab::verify

// A percentile of the round trips, on the capture's clock. A late echo is slower than any in time.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lab/base/clock.h"
#include "lab/base/text.h"
#include "lab/verify/check.h"

namespace echolab::verify {

namespace {

std::string duration(std::uint64_t nanoseconds) {
  return humanize_duration(Nanoseconds(static_cast<std::int64_t>(nanoseconds)));
}

void judge(const CheckContext& context, const ExchangeState& exchange, const scenario::RoundTripTerms& terms,
           Judgement& judgement) {
  const RoundTrips& trips = exchange.round_trips;
  const std::string doubt = context.doubt_of_absence(exchange);
  const std::uint64_t all = trips.count() + exchange.late;
  if (all == 0) {
    judgement.absent(
        doubt,
        fmt::format("there is no round trip: none of {} was echoed", counted(exchange.sent, "message", "messages")),
        "the server must answer every message", exchange.find(Trouble::lost));
    return;
  }
  // Nearest rank among all of them, the late ones last.
  const auto rank = std::clamp<std::uint64_t>(
      static_cast<std::uint64_t>(std::ceil(terms.percentile / 100.0 * static_cast<double>(all))), 1, all);
  if (rank > trips.count()) {
    const Incidents* const late = exchange.find(Trouble::late);
    judgement.absent(doubt,
                     fmt::format("percentile {} of {} is a late echo: message {} took {}{}", terms.percentile,
                                 counted(all, "round trip", "round trips"), late != nullptr ? late->first.message : 0,
                                 late != nullptr ? late->first.detail : "longer than the timeout",
                                 late != nullptr ? in_packet(late->first.packet) : ""),
                     "the server should wait for nothing but the next request", late);
    return;
  }
  const std::uint64_t value = trips.of_rank(rank);
  if (value > static_cast<std::uint64_t>(terms.at_most.count())) {
    const Incidents where = at_packets({trips.slowest_request(), trips.slowest_echo()});
    judgement.absent(
        doubt,
        fmt::format("percentile {} of {} is {}, allowed: {}; the slowest took {} (packets {} and {})", terms.percentile,
                    counted(all, "round trip", "round trips"), duration(value), format_duration(terms.at_most),
                    duration(trips.max()), trips.slowest_request(), trips.slowest_echo()),
        "the server should wait for nothing but the next request", &where);
  } else if (!doubt.empty() && all < exchange.plan->messages) {
    judgement.doubt("no verdict: " + doubt);
  }
}

}  // namespace

void check_round_trip(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings) {
  const auto& terms = std::get<scenario::RoundTripTerms>(check.terms);
  for (const ExchangeState& exchange : context.ledger.exchanges) {
    if (!context.concerns(check, exchange)) continue;
    Judgement judgement(check, exchange.subject, context.capture_of(exchange).file);
    if (!sent_nothing(context, exchange, judgement)) judge(context, exchange, terms, judgement);
    const RoundTrips& trips = exchange.round_trips;
    if (judgement.outcome() == Outcome::passed) judgement.cite({trips.slowest_request(), trips.slowest_echo()});
    findings.push_back(std::move(judgement).finish(
        fmt::format("percentile {} of {} is within {}; the slowest took {} (packets {} and {})", terms.percentile,
                    counted(trips.count() + exchange.late, "round trip", "round trips"), format_duration(terms.at_most),
                    duration(trips.max()), trips.slowest_request(), trips.slowest_echo())));
  }
}

}  // namespace echolab::verify

// Messages that got no echo at all: at most so many, or such a part of those sent.

#include <fmt/format.h>

#include <algorithm>

#include "lab/base/text.h"
#include "lab/verify/check.h"

namespace echolab::verify {

namespace {

bool within(const scenario::Amount& limit, std::uint64_t lost, std::uint64_t sent) {
  const auto count = static_cast<double>(lost);
  return limit.percent ? count * 100 <= limit.value * static_cast<double>(sent) : count <= limit.value;
}

std::string limit_words(const scenario::Amount& limit) {
  return limit.percent ? fmt::format("{}%", limit.value) : fmt::format("{}", limit.value);
}

}  // namespace

void check_loss(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings) {
  const scenario::Amount limit = std::get<scenario::LossTerms>(check.terms).at_most;
  for (const ExchangeState& exchange : context.ledger.exchanges) {
    if (!context.concerns(check, exchange)) continue;
    Judgement judgement(check, exchange.subject, context.capture_of(exchange).file);
    const std::uint64_t back = exchange.echoed + exchange.late + exchange.altered + exchange.unverified;
    std::string seen = fmt::format("{} of {} lost", exchange.lost, counted(exchange.sent, "message", "messages"));
    if (exchange.sent > 0 && limit.percent) {
      seen +=
          fmt::format(" ({:.3g}%)", 100.0 * static_cast<double>(exchange.lost) / static_cast<double>(exchange.sent));
    }
    if (!sent_nothing(context, exchange, judgement)) {
      const std::string doubt = context.doubt_of_absence(exchange);
      if (!within(limit, exchange.lost, exchange.sent)) {
        const Incidents* const lost = exchange.find(Trouble::lost);
        judgement.absent(doubt,
                         fmt::format("{}, allowed: {}; the first is message {}{}", seen, limit_words(limit),
                                     lost->first.message, in_packet(lost->first.request_packet)),
                         "the server must answer every message, to the address and port that it came from", lost);
      } else if (!doubt.empty() &&
                 !within(limit, exchange.plan->messages - std::min<std::uint64_t>(back, exchange.plan->messages),
                         exchange.plan->messages)) {
        judgement.doubt("no verdict: " + doubt);
      }
    }
    findings.push_back(std::move(judgement).finish(fmt::format("{}, allowed: {}", seen, limit_words(limit))));
  }
}

}  // namespace echolab::verify

// What should not be there, or only so often: second echoes, echoes out of order, replies that answer nothing.

#include <fmt/format.h>

#include "lab/base/text.h"
#include "lab/verify/check.h"

namespace echolab::verify {

namespace {

struct Surplus {
  std::uint64_t count = 0;
  std::uint64_t proven = 0;  // of them, those that a packet lost by the capture can't explain
  Incidents where;           // the first, and packets

  void take(const Incidents* incidents, bool is_proof) {
    if (incidents == nullptr) return;
    count += incidents->count;
    if (is_proof) proven += incidents->count;
    if (where.count == 0 || incidents->packets.front() < where.packets.front()) where = *incidents;
  }
};

Surplus surplus_of(scenario::CheckKind kind, const ExchangeState& exchange) {
  Surplus surplus;
  if (kind == scenario::CheckKind::duplicates) {
    surplus.take(exchange.find(Trouble::duplicate), false);
  } else if (kind == scenario::CheckKind::reordering && exchange.plan->protocol == Transport::udp) {
    surplus.take(exchange.find(Trouble::reordered), false);
  } else if (kind == scenario::CheckKind::reordering) {
    for (const TcpFacts::Side* side : {&exchange.tcp.from_client, &exchange.tcp.from_server}) {
      Incidents segments = at_packets({side->out_of_order.packet});
      segments.count = side->out_of_order.count;
      if (segments.count > 0) surplus.take(&segments, false);
    }
  } else {
    surplus.take(exchange.find(Trouble::unsolicited), false);
    surplus.take(exchange.find(Trouble::orphan), false);
    surplus.take(exchange.find(Trouble::other_port), true);
    surplus.take(exchange.find(Trouble::wrong_client), true);
  }
  return surplus;
}

struct Words {
  std::string_view singular, plural, hint;
};

Words words_of(scenario::CheckKind kind, Transport protocol) {
  if (kind == scenario::CheckKind::duplicates) {
    return {"second echo", "second echoes", "one request, one echo: is there a second send, or a second server?"};
  }
  if (kind == scenario::CheckKind::unsolicited) {
    return {"reply that answers nothing", "replies that answer nothing", "an echo server sends only what it received"};
  }
  if (protocol == Transport::tcp) {
    return {"segment out of order", "segments out of order", "the network reordered or lost segments"};
  }
  return {"echo out of order", "echoes out of order", "answer requests in the order in which they arrive"};
}

}  // namespace

void check_surplus(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings) {
  const std::uint64_t limit = std::get<scenario::SurplusTerms>(check.terms).at_most;
  for (const ExchangeState& exchange : context.ledger.exchanges) {
    if (!context.concerns(check, exchange)) continue;
    Judgement judgement(check, exchange.subject, context.capture_of(exchange).file);
    const Surplus surplus = surplus_of(check.kind, exchange);
    const Words words = words_of(check.kind, exchange.plan->protocol);
    std::string seen = counted(surplus.count, words.singular, words.plural);
    if (!sent_nothing(context, exchange, judgement)) {
      const std::string doubt = context.doubt_of_absence(exchange);
      if (surplus.count > limit) {
        const std::uint64_t first = surplus.where.first.packet;
        judgement.absent(
            surplus.proven > limit ? "" : doubt,
            fmt::format("{}, allowed: {}; the first{} is packet {}", seen, limit,
                        surplus.where.first.message == 0 ? std::string()
                                                         : fmt::format(", of message {},", surplus.where.first.message),
                        first),
            std::string(words.hint), &surplus.where);
      } else if (!doubt.empty()) {
        judgement.doubt("no verdict: " + doubt);
      }
    }
    if (judgement.outcome() == Outcome::passed && surplus.count > 0) judgement.cite({surplus.where.first.packet});
    findings.push_back(std::move(judgement).finish(fmt::format("{}, allowed: {}", seen, limit)));
  }
}

}  // namespace echolab::verify

// A text is in the messages: in one of them, or in each.

#include <fmt/format.h>

#include <algorithm>

#include "lab/base/text.h"
#include "lab/verify/check.h"
#include "lab/verify/subject_texts.h"

namespace echolab::verify {

namespace {

using capture::Direction;

struct Place {
  const ExchangeState& exchange;
  Direction direction;
  const TextFacts& facts;

  std::string_view plural() const { return direction == Direction::to_server ? "requests" : "echoes"; }
  std::uint64_t messages_seen() const {
    return direction == Direction::to_server ? exchange.sent
                                             : exchange.echoed + exchange.late + exchange.altered + exchange.unverified;
  }
};

// Each message must hold the text.
void judge_all(const Place& place, const std::string& text, const std::string& doubt, Judgement& judgement) {
  const TextFacts& facts = place.facts;
  if (facts.without > 0) {
    const Incidents where = at_packets({facts.first_without});
    judgement.fail(fmt::format("{} is not in {} of the {} {}: the first without it is {}", text, facts.without,
                               facts.with + facts.without + facts.unknown, place.plural(),
                               facts.first_without != 0 ? fmt::format("packet {}", facts.first_without)
                                                        : fmt::format("message {}", facts.first_message_without)),
                   "compare the text with what was sent, its encoding included", &where);
  }
  if (facts.unknown > 0) {
    judgement.doubt(fmt::format("{} can't be looked for in {}: bytes are missing from the capture", text,
                                counted(facts.unknown, "message", "messages")));
  }
  const std::uint64_t planned = place.exchange.plan->messages;
  const std::uint64_t seen = place.exchange.plan->protocol == Transport::tcp
                                 ? facts.with + facts.without + facts.unknown
                                 : place.messages_seen();
  if (seen < planned) {
    judgement.absent(doubt,
                     fmt::format("{} of {} {} were on the wire", seen, counted(planned, "planned message", "planned"),
                                 place.plural()),
                     "every message must be there to hold the text");
  }
}

void judge_any(const Place& place, const std::string& text, const std::string& doubt, Judgement& judgement) {
  const TextFacts& facts = place.facts;
  if (facts.with > 0) return;
  if (facts.unknown > 0) {
    return judgement.doubt(
        fmt::format("{} was not found in the {}, but bytes are missing from the capture", text, place.plural()));
  }
  const Incidents where =
      at_packets({facts.first_without, place.direction == Direction::to_server ? place.exchange.first_packet
                                                                               : place.exchange.first_reply_packet});
  judgement.absent(doubt, fmt::format("{} is in none of the {}", text, place.plural()),
                   "compare the text with what was sent, its encoding included", &where);
}

}  // namespace

void check_payload_contains(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings) {
  const auto& terms = std::get<scenario::PayloadTerms>(check.terms);
  for (const ExchangeState& exchange : context.ledger.exchanges) {
    if (!context.concerns(check, exchange)) continue;
    Judgement judgement(check, exchange.subject, context.capture_of(exchange).file);
    const std::string text = fmt::format(
        "'{}'", cut_to_width(escape_for_terminal(fill_for(terms.text, context.run.plan,
                                                          &context.run.plan.nodes.at(exchange.plan->client_node),
                                                          exchange.plan, exchange.subject)),
                             60));
    std::string passed;
    if (!sent_nothing(context, exchange, judgement)) {
      const std::string doubt = context.doubt_of_absence(exchange);
      for (const Direction direction : {Direction::to_server, Direction::to_client}) {
        const TextFacts* const facts = context.probes.text(check, exchange, direction);
        if (facts == nullptr) continue;
        const Place place{exchange, direction, *facts};
        terms.all_messages ? judge_all(place, text, doubt, judgement) : judge_any(place, text, doubt, judgement);
        const bool cp949 = terms.encoding == scenario::Encoding::cp949 || facts->needle > 0;
        passed += fmt::format("{}{} is in {}{}, first in packet {}{}", passed.empty() ? "" : "; ", text,
                              terms.all_messages ? "all " : "the ", place.plural(), facts->first_with,
                              cp949 ? " (CP949)" : "");
        if (judgement.outcome() == Outcome::passed) judgement.cite({facts->first_with});
      }
      // Messages that the capture lost might lack the text.
      if (terms.all_messages && !doubt.empty()) judgement.doubt("no verdict: " + doubt);
    }
    findings.push_back(std::move(judgement).finish(std::move(passed)));
  }
}

}  // namespace echolab::verify

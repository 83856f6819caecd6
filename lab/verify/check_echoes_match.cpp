// Every message was sent as planned, and its echo came back in time and byte for byte, in the eyes of all witnesses.

#include <fmt/format.h>

#include "lab/base/clock.h"
#include "lab/base/text.h"
#include "lab/verify/check.h"

namespace echolab::verify {

namespace {

// What else is known about why messages are missing.
std::string cause_of_loss(const CheckContext& context, const ExchangeState& exchange, std::uint32_t message) {
  const plan::Plan& plan = context.run.plan;
  std::string cause;
  const auto say = [&](const std::string& sentence) {
    if (!sentence.empty()) cause += "; " + sentence;
  };
  if (const Incidents* moved = exchange.find(Trouble::misdirected)) {
    say(fmt::format("the echo of message {} was sent to {}{}", moved->first.message, moved->first.detail,
                    in_packet(moved->first.packet)));
  } else if (const Incidents* other = exchange.find(Trouble::other_port)) {
    say(fmt::format("an answer came from {} instead of {}{}", other->first.detail, exchange.plan->server.to_string(),
                    in_packet(other->first.packet)));
  } else if (exchange.icmp_packet != 0) {
    say(fmt::format("an ICMP error said that it did not arrive{}", in_packet(exchange.icmp_packet)));
  } else if (exchange.tcp.reset) {
    say(fmt::format("{} reset the connection{} after {} of {} bytes had come back",
                    exchange.tcp.reset_by_client ? "the client" : "the server", in_packet(exchange.tcp.reset_packet),
                    exchange.tcp.bytes_echoed, exchange.tcp.bytes_sent));
  } else if (exchange.plan->protocol == Transport::tcp && exchange.tcp.server_fin) {
    say(fmt::format("the server ended its stream{} after {} of {} bytes", in_packet(exchange.tcp.server_fin_packet),
                    exchange.tcp.bytes_echoed, exchange.tcp.bytes_sent));
  } else if (const MessageState* state = exchange.find_message(message);
             state != nullptr && exchange.server_log.complete && exchange.plan->protocol == Transport::udp) {
    if (state->has(MessageState::server_sent)) {
      say("the server logged sending it, but it is not on the wire");
    } else if (state->has(MessageState::server_received)) {
      say("the server logged receiving it and sent nothing");
    } else {
      say("the server did not log receiving it");
    }
  }
  const NodeRecord& server = context.server_of(exchange);
  if (server.crashed) say(how_it_ended(plan.nodes[exchange.plan->server_node].name, server));
  return cause;
}

void judge_requests(const CheckContext& context, const ExchangeState& exchange, Judgement& judgement) {
  const plan::Exchange& planned = *exchange.plan;
  if (const Incidents* differs = exchange.find(Trouble::request_differs)) {
    judgement.fail(fmt::format("message {} of {} was not sent as planned{}: byte {} differs{}", differs->first.message,
                               exchange.subject, in_packet(differs->first.packet), differs->first.offset,
                               and_more(*differs, "messages")),
                   "compare what the client sends with the scenario's message text, its encoding included", differs);
  }
  const Incidents* unsent = exchange.find(Trouble::unsent);
  if (unsent == nullptr) return;
  const NodeRecord& client = context.client_of(exchange);
  const std::string end = how_it_ended(context.run.plan.nodes[planned.client_node].name, client);
  const std::string sentence = fmt::format(
      "{} of {} planned {} of {} never on the wire, the first is message {}{}{}", unsent->count, planned.messages,
      planned.messages == 1 ? "message" : "messages", exchange.subject + (unsent->count == 1 ? " was" : " were"),
      unsent->first.message, end.empty() ? "" : "; ", end);
  judgement.absent(context.doubt_of_absence(exchange), sentence,
                   planned.protocol == Transport::tcp && !exchange.tcp.opened
                       ? "no connection was made: does the server listen on this address and port?"
                       : "look at the client's standard error",
                   unsent);
}

void judge_replies(const CheckContext& context, const ExchangeState& exchange, Judgement& judgement) {
  if (const Incidents* altered = exchange.find(Trouble::altered)) {
    judgement.fail(
        fmt::format("the echo of message {} was altered{}: the first difference is at byte {}{}{}",
                    altered->first.message, in_packet(altered->first.packet), altered->first.offset,
                    altered->first.detail.empty() ? "" : ", " + altered->first.detail, and_more(*altered, "replies")),
        "the server must send back the bytes it received: same length, no decoding, no terminator", altered);
  }
  if (const Incidents* late = exchange.find(Trouble::late)) {
    judgement.fail(fmt::format("the echo of message {} came {} after its request{}, later than {}{}",
                               late->first.message, late->first.detail, in_packet(late->first.packet),
                               format_duration(exchange.plan->timeout), and_more(*late, "messages")),
                   "the server answers too slowly: it should wait for nothing but the next datagram", late);
  }
  if (const Incidents* lost = exchange.find(Trouble::lost)) {
    judgement.absent(
        context.doubt_of_absence(exchange),
        fmt::format("message {}{} got no echo{}{}", lost->first.message, in_packet(lost->first.request_packet),
                    and_more(*lost, "messages"), cause_of_loss(context, exchange, lost->first.message)),
        exchange.icmp_packet == 0 ? "the server must answer every message, to the address and port that it came from"
                                  : "nobody took the message: the server must be bound to 0.0.0.0 and this port, open "
                                    "to everybody, to the end",
        lost);
  }
  if (const Incidents* hidden = exchange.find(Trouble::unverified)) {
    judgement.doubt(fmt::format("the echo of message {} can't be compared: bytes of it are missing from the capture{}",
                                hidden->first.message, and_more(*hidden, "messages")),
                    hidden);
  }
  if (exchange.cut > 0) {
    judgement.doubt(fmt::format("{} cut by the snaplen: bytes beyond it can't be compared",
                                counted(exchange.cut, "datagram was", "datagrams were")));
  }
}

}  // namespace

void check_echoes_match(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings) {
  for (const ExchangeState& exchange : context.ledger.exchanges) {
    if (!context.concerns(check, exchange)) continue;
    Judgement judgement(check, exchange.subject, context.capture_of(exchange).file);
    judge_requests(context, exchange, judgement);
    judge_replies(context, exchange, judgement);
    judge_agreement(context, exchange, judgement);
    const std::string doubt = context.doubt_of_absence(exchange);
    if (exchange.echoed < exchange.plan->messages && !doubt.empty()) judgement.doubt("no verdict: " + doubt);
    findings.push_back(std::move(judgement).finish(
        fmt::format("all {} came back in time and unaltered", counted(exchange.echoed, "message", "messages"))));
  }
}

}  // namespace echolab::verify

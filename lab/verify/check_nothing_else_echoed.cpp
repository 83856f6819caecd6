// A server sends one echo for each request, to whom it came from, and nothing else.

#include <fmt/format.h>

#include "lab/verify/check.h"

namespace echolab::verify {

namespace {

void judge_exchange(const CheckContext& context, const ExchangeState& exchange, Judgement& judgement) {
  const bool complete = context.capture_of(exchange).complete;
  if (const Incidents* wrong = exchange.find(Trouble::wrong_client)) {
    judgement.fail(fmt::format("{} was sent the echo of {}, message {}{}{}", exchange.subject, wrong->first.detail,
                               wrong->first.message, in_packet(wrong->first.packet), and_more(*wrong, "replies")),
                   "send each echo to the address that recvfrom gave for this very datagram", wrong);
  }
  if (const Incidents* other = exchange.find(Trouble::other_port)) {
    judgement.fail(
        fmt::format("a reply came from {}, not from {}{}{}", other->first.detail, exchange.plan->server.to_string(),
                    in_packet(other->first.packet), and_more(*other, "replies")),
        "answer from the socket that the request arrived on", other);
  }
  // These three could be answers to a request that the capture lost.
  const auto surplus = [&](Trouble trouble, const std::string& sentence, const char* hint) {
    const Incidents* incidents = exchange.find(trouble);
    if (incidents == nullptr) return;
    judgement.absent(complete ? "" : context.capture_of(exchange).why, sentence + and_more(*incidents, "replies"), hint,
                     incidents);
  };
  if (const Incidents* twice = exchange.find(Trouble::duplicate)) {
    surplus(Trouble::duplicate,
            fmt::format("message {} was echoed once more than it was sent{}", twice->first.message,
                        in_packet(twice->first.packet)),
            "one request, one echo: is there a second send, or a second server on the same port?");
  }
  if (const Incidents* unasked = exchange.find(Trouble::unsolicited)) {
    surplus(Trouble::unsolicited,
            fmt::format("the server sent what nobody asked for{}{}{}", in_packet(unasked->first.packet),
                        unasked->first.detail.empty() ? "" : ": ", unasked->first.detail),
            "an echo server sends only what it received");
  }
  if (const Incidents* orphan = exchange.find(Trouble::orphan)) {
    surplus(Trouble::orphan,
            fmt::format("an echo of message {} came{} without its request", orphan->first.message,
                        in_packet(orphan->first.packet)),
            "an echo server sends only what it received");
  }
}

Finding judge_lab(const CheckContext& context, const plan::Check& check) {
  std::string file, why;
  for (const NetworkEvidence& network : context.wire.networks) {
    if (file.empty()) file = network.file;
    if (!network.complete && why.empty()) why = network.why;
  }
  Judgement judgement(check, "lab", file);
  const Strays& strays = context.ledger.strays;
  if (strays.from_servers.count > 0) {
    judgement.absent(why,
                     fmt::format("a server sent a datagram that belongs to no planned exchange{}: {}{}",
                                 in_packet(strays.from_servers.first.packet), strays.from_servers.first.detail,
                                 and_more(strays.from_servers, "datagrams")),
                     "answer only to the address and port that a request came from", &strays.from_servers);
  }
  if (strays.to_servers.count > 0) {
    judgement.absent(
        why,
        fmt::format("somebody who is in no plan sent to a server{}: {}{}", in_packet(strays.to_servers.first.packet),
                    strays.to_servers.first.detail, and_more(strays.to_servers, "times")),
        "each client uses one socket, with the port it bound", &strays.to_servers);
  }
  if (!why.empty()) judgement.doubt("no verdict: " + why);
  return std::move(judgement).finish("every datagram belongs to a planned exchange");
}

}  // namespace

void check_nothing_else_echoed(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings) {
  for (const ExchangeState& exchange : context.ledger.exchanges) {
    if (!context.concerns(check, exchange)) continue;
    Judgement judgement(check, exchange.subject, context.capture_of(exchange).file);
    judge_exchange(context, exchange, judgement);
    // What else was sent may be exactly what the capture lost.
    const std::string doubt = context.doubt_of_absence(exchange);
    if (!doubt.empty()) judgement.doubt("no verdict: " + doubt);
    findings.push_back(std::move(judgement).finish("nothing but the echoes came from the server"));
  }
  // What belongs to no client belongs to no group of them either.
  if (check.applies_to.empty()) findings.push_back(judge_lab(context, check));
}

}  // namespace echolab::verify

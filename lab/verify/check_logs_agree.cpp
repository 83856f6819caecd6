// The three-way agreement of client's log, server's log and wire, for its own check and as a part of echoes_match.

#include <fmt/format.h>

#include "lab/base/text.h"
#include "lab/verify/check.h"

namespace echolab::verify {

namespace {

// A disagreement of a complete log with a complete capture.
struct Disagreement {
  Trouble trouble;
  const char* sentence;  // "{0}" is the message, "{1}" the packet of request or reply
  bool by_client;
};
constexpr Disagreement disagreements[] = {
    {Trouble::client_claims_echo, "the client's log claims an echo of message {0} that is not on the wire", true},
    {Trouble::client_claims_send, "the client's log claims to have sent message {0}, which is not on the wire", true},
    {Trouble::client_altered, "the client logged other bytes for the echo of message {0} than the wire carried{1}",
     true},
    {Trouble::client_missed_echo, "the echo of message {0} is on the wire{1}, but the client did not log it", true},
    {Trouble::client_missed_send, "message {0} is on the wire{1}, but the client did not log sending it", true},
    {Trouble::server_claims_receive, "the server's log claims to have received what is not on the wire{1}", false},
    {Trouble::server_claims_send, "the server's log claims an echo that is not on the wire{1}", false},
    {Trouble::server_missed_receive, "message {0} is on the wire{1}, but the server did not log receiving it", false},
    {Trouble::server_missed_send, "the echo of message {0} is on the wire{1}, but the server did not log it", false},
};

}  // namespace

void judge_agreement(const CheckContext& context, const ExchangeState& exchange, Judgement& judgement) {
  const std::string doubt = context.doubt_of_absence(exchange);
  for (const Disagreement& kind : disagreements) {
    const Incidents* incidents = exchange.find(kind.trouble);
    if (incidents == nullptr) continue;
    const LogFacts& log = kind.by_client ? exchange.client_log : exchange.server_log;
    if (!log.complete) continue;
    const Incident& first = incidents->first;
    std::string sentence = fmt::format(fmt::runtime(kind.sentence), first.message,
                                       in_packet(first.packet != 0 ? first.packet : first.request_packet));
    if (!first.detail.empty()) sentence += fmt::format(" ({})", first.detail);
    sentence += and_more(*incidents, "messages");
    judgement.absent(doubt, std::move(sentence), "log and wire must tell the same story; the wire is right", incidents);
    judgement.line(events_file(context, kind.by_client ? exchange.plan->client_node : exchange.plan->server_node),
                   first.line);
  }
}

void check_logs_agree(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings) {
  for (const ExchangeState& exchange : context.ledger.exchanges) {
    if (!context.concerns(check, exchange)) continue;
    Judgement judgement(check, exchange.subject, context.capture_of(exchange).file);
    const LogFacts& client = exchange.client_log;
    const LogFacts& server = exchange.server_log;
    if (!client.expected && !server.expected) {
      judgement.skip("neither program writes an event log");
    } else if (!sent_nothing(context, exchange, judgement)) {
      judge_agreement(context, exchange, judgement);
      for (const LogFacts* log : {&client, &server}) {
        if (log->expected && !log->complete) judgement.doubt("no verdict: " + log->why);
      }
      const std::string doubt = context.doubt_of_absence(exchange);
      if (!doubt.empty()) judgement.doubt("no verdict: " + doubt);
    }
    const std::string_view who = !server.expected   ? "the client's log and"
                                 : !client.expected ? "the server's log and"
                                                    : "both logs and";
    findings.push_back(std::move(judgement).finish(
        fmt::format("{} the capture tell the same of {}", who, counted(exchange.sent, "message", "messages"))));
  }
}

}  // namespace echolab::verify

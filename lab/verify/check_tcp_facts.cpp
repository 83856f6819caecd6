// Facts of a TCP connection: how it began, how it ended, what was sent again, and where data had to wait.

#include <fmt/format.h>

#include <functional>

#include "lab/base/text.h"
#include "lab/verify/check.h"

namespace echolab::verify {

namespace {

// One finding for each connection; `judge` says what a good one is like.
using JudgeConnection = std::function<std::string(const ExchangeState&, const std::string& doubt, Judgement&)>;

void for_each_connection(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings,
                         const JudgeConnection& judge) {
  for (const ExchangeState& exchange : context.ledger.exchanges) {
    if (!context.concerns(check, exchange)) continue;
    Judgement judgement(check, exchange.subject, context.capture_of(exchange).file);
    const std::string doubt = context.doubt_of_absence(exchange);
    std::string passed;
    if (exchange.tcp.opened) {
      passed = judge(exchange, doubt, judgement);
    } else {
      judgement.absent(doubt, fmt::format("{} made no connection", exchange.subject),
                       "does the server listen on this address and port?");
    }
    findings.push_back(std::move(judgement).finish(std::move(passed)));
  }
}

std::uint64_t reset_packet(const TcpFacts& tcp) {
  return tcp.reset ? tcp.reset_packet : tcp.late_resets.packet;
}

// True when there was a reset; then it is told.
bool told_reset(const TcpFacts& tcp, Judgement& judgement) {
  const std::uint64_t packet = reset_packet(tcp);
  if (packet == 0) return false;
  const Incidents where = at_packets({packet});
  const std::string_view who = !tcp.reset ? "a side" : tcp.reset_by_client ? "the client" : "the server";
  judgement.fail(fmt::format("{} reset the connection (packet {})", who, packet),
                 "a socket that is closed while bytes wait unread sends a reset: read to the end before close", &where);
  return true;
}

}  // namespace

void check_tcp_handshake(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings) {
  for_each_connection(context, check, findings, [](const ExchangeState& exchange, const auto& doubt, auto& judgement) {
    const TcpFacts& tcp = exchange.tcp;
    if (tcp.early_data_packet != 0) {
      const Incidents where = at_packets({tcp.early_data_packet});
      judgement.absent(doubt, fmt::format("data came before the handshake ended (packet {})", tcp.early_data_packet),
                       "connect, and send when it has returned", &where);
    } else if (!tcp.handshake) {
      const Incidents where = at_packets({tcp.syn_packet, tcp.synack_packet});
      judgement.absent(
          doubt,
          fmt::format("the handshake is not whole: there is no {}", tcp.syn_packet == 0      ? "SYN"
                                                                    : tcp.synack_packet == 0 ? "SYN+ACK"
                                                                                             : "ACK of the SYN+ACK"),
          "SYN, SYN+ACK, ACK: connect on one side, listen and accept on the other", &where);
    } else {
      judgement.cite({tcp.syn_packet, tcp.synack_packet, tcp.handshake_packet});
    }
    return fmt::format("SYN, SYN+ACK and ACK before any data (packets {}, {} and {})", tcp.syn_packet,
                       tcp.synack_packet, tcp.handshake_packet);
  });
}

void check_tcp_close(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings) {
  for_each_connection(context, check, findings, [](const ExchangeState& exchange, const auto& doubt, auto& judgement) {
    const TcpFacts& tcp = exchange.tcp;
    if (told_reset(tcp, judgement)) return std::string();
    if (!tcp.client_fin || !tcp.server_fin) {
      const Incidents where = at_packets({tcp.client_fin_packet, tcp.server_fin_packet});
      judgement.absent(doubt,
                       fmt::format("{} never ended {} stream with a FIN",
                                   tcp.client_fin   ? "the server"
                                   : tcp.server_fin ? "the client"
                                                    : "either side",
                                   tcp.client_fin || tcp.server_fin ? "its" : "their"),
                       "close the socket when the other side has ended its stream", &where);
    } else if (!doubt.empty()) {
      judgement.doubt("no verdict: " + doubt);  // a reset may be among what is missing
    } else {
      judgement.cite({tcp.client_fin_packet, tcp.server_fin_packet});
    }
    return fmt::format("both sides ended their stream (packets {} and {})", tcp.client_fin_packet,
                       tcp.server_fin_packet);
  });
}

void check_no_reset(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings) {
  for_each_connection(context, check, findings, [](const ExchangeState& exchange, const auto& doubt, auto& judgement) {
    if (!told_reset(exchange.tcp, judgement) && !doubt.empty()) judgement.doubt("no verdict: " + doubt);
    return std::string("no RST in the connection");
  });
}

void check_segments(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings) {
  const auto& terms = std::get<scenario::SegmentTerms>(check.terms);
  const bool again = check.kind == scenario::CheckKind::retransmissions;
  for_each_connection(context, check, findings, [&](const ExchangeState& exchange, const auto& doubt, auto& judgement) {
    const auto of = [&](const TcpFacts::Side& side) { return again ? side.retransmitted : side.zero_windows; };
    const Sighting client = terms.of != scenario::Sides::server ? of(exchange.tcp.from_client) : Sighting{};
    const Sighting server = terms.of != scenario::Sides::client ? of(exchange.tcp.from_server) : Sighting{};
    const std::uint64_t count = client.count + server.count;
    const Incidents where = at_packets({client.packet, server.packet});
    const std::string seen =
        counted(count, again ? "retransmission" : "zero window", again ? "retransmissions" : "zero windows") +
        (count == 0 ? "" : in_packet(where.packets.front()));
    if (terms.at_most && count > *terms.at_most) {
      judgement.fail(fmt::format("{}, allowed: {}", seen, *terms.at_most),
                     again ? "segments were lost or late: look at what happened before the first one"
                           : "a receiver did not read: its buffer was full",
                     &where);
    } else if (terms.at_least && count < *terms.at_least) {
      judgement.absent(doubt, fmt::format("{}, needed: {}", seen, *terms.at_least),
                       again ? "nothing was lost or late" : "the receiver always had room", &where);
    } else if (terms.at_most && !doubt.empty()) {
      judgement.doubt("no verdict: " + doubt);
    } else {
      judgement.cite({client.packet, server.packet});
    }
    return seen;
  });
}

}  // namespace echolab::verify

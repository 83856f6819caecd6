// One long table, as format.cpp.
#include "lab/scenario/check_kinds.h"

#include <algorithm>
#include <stdexcept>

#include "lab/scenario/shapes.h"

namespace echolab::scenario {

namespace {

using namespace shapes;

constexpr double most = 1'000'000;

Section none(std::string_view section_name) {
  return {section_name, "", {}};
}

Key at_most(std::string_view description) {
  return {"at_most", integer(0, most), false, "0", description, "1"};
}

Section surplus(std::string_view section_name, std::string_view description) {
  return {section_name, "", {at_most(description)}};
}

Section segments(std::string_view section_name) {
  Section s{section_name,
            "",
            {{"at_least", integer(1, most), false, "", "As many are needed, per client.", "1"},
             {"at_most", integer(0, most), false, "", "More are not allowed, per client.", "0"},
             {"of",
              choice({{"client", "those that the client sent"},
                      {"server", "those that the server sent"},
                      {"both", "both together"}}),
              false, "both", "Whose segments count.", "server"}}};
  s.at_least_one = {{"at_least", "at_most"}};
  return s;
}

Section payload_section() {
  return {"payload_contains check",
          "",
          {{"text", text(1000), true, "",
            "Text to look for. `{client}`, `{group}`, `{container}`, `{node}`, `{scenario}` and the variables of "
            "`identities` are filled in; `{{` and `}}` are single braces.",
            "\"{student_id}\""},
           {"encoding",
            choice({{"any", "UTF-8 or CP949"}, {"utf-8", "UTF-8"}, {"cp949", "what a Korean Windows console sends"}}),
            false, "any", "Its bytes on the wire.", "cp949"},
           {"in",
            choice({{"requests", "what the client sent"},
                    {"echoes", "what the server sent"},
                    {"both", "each of the two by itself"}}),
            false, "requests", "Where to look.", "both"},
           {"messages", choice({{"any", "one is enough"}, {"all", "every planned message"}}), false, "any",
            "How many must hold it.", "all"}}};
}

Section header_section() {
  return {"udp_header check",
          "",
          {{"checksum",
            choice({{"valid", "right where there is one"}, {"required", "there and right"}, {"any", "not looked at"}}),
            false, "valid",
            "The checksums of requests and replies. Sums that offloading leaves unfilled are tolerated and counted.",
            "required"},
           {"length", integer(8, 65535, "the header alone has 8 bytes"), false, "",
            "The length field of every request: header and data, in bytes.", "13"}}};
}

Section log_section() {
  return {"log_line check",
          "",
          {{"matches", text(1000), true, "",
            "Regular expression (RE2) that is looked for in each line. `{group}`, `{container}`, `{node}`, "
            "`{scenario}` and "
            "the variables of `identities` are filled in, quoted; all other braces are the expression's own.",
            "\"recv.*{student_id}\""},
           {"of", choice({{"client", "each client container's log"}, {"server", "the server's log"}}), false, "client",
            "Whose log.", "server"},
           {"stream",
            choice({{"stdout", "standard output"},
                    {"stderr", "standard error, without event lines"},
                    {"events", "the event log"},
                    {"any", "all of them"}}),
            false, "any", "Which log.", "stdout"},
           {"at_least", integer(0, most), false, "", "Lines needed; default: 1, with `at_most` 0.", "2"},
           {"at_most", integer(0, most), false, "", "Lines allowed; default: any number.", "0"}}};
}

std::vector<CheckKindFacts> make_kinds() {
  using enum CheckKind;
  using enum Witness;
  using enum Subject;
  constexpr auto any = std::nullopt;
  constexpr auto udp = Transport::udp;
  constexpr auto tcp = Transport::tcp;
  return {
      {echoes_match, "echoes_match", "every message came back byte for byte, in logs and capture", capture, any, client,
       none("echoes_match check"), "{kind: echoes_match, points: 2}"},
      {nothing_else_echoed, "nothing_else_echoed", "no datagram or byte was echoed that nobody sent", Witness::capture,
       any, client_and_lab, none("nothing_else_echoed check"), "{kind: nothing_else_echoed}"},
      {own_port, "own_port", "each client used a port of its own", Witness::capture, any, client,
       none("own_port check"), "{kind: own_port}"},
      {counts, "counts", "as many messages as planned", Witness::capture, any, client, none("counts check"),
       "{kind: counts}"},
      {loss,
       "loss",
       "messages without any echo; a late echo is one",
       Witness::capture,
       any,
       client,
       {"loss check",
        "",
        {{"at_most", ranged(ValueKind::amount, 0, most), false, "0",
          "Messages that may be lost, or their part of all that were sent.", "1.5%"}}},
       "{kind: loss, at_most: 1%}"},
      {round_trip,
       "round_trip",
       "the time from a request to its echo, on the capture's clock",
       Witness::capture,
       any,
       client,
       {"round_trip check",
        "",
        {{"at_most", duration(1e-6, hour), true, "", "The longest time allowed.", "50ms"},
         {"percentile", ranged(ValueKind::number, 0, 100), false, "99",
          "Of the round trips, this part of a hundred must not take longer (nearest rank).", "50"}}},
       "{kind: round_trip, percentile: 95, at_most: 50ms}"},
      {duplicates, "duplicates", "second echoes of a request", Witness::capture, udp, client,
       surplus("duplicates check", "Second echoes allowed, per client."), "{kind: duplicates, at_most: 1}"},
      {reordering, "reordering", "echoes that came after the echo of a later request; TCP segments out of order",
       Witness::capture, any, client,
       surplus("reordering check", "Reordered echoes (TCP: segments) allowed, per client."),
       "{kind: reordering, level: warning}"},
      {unsolicited, "unsolicited", "replies that answer nothing this client asked", Witness::capture, any, client,
       surplus("unsolicited check", "Such replies allowed, per client."), "{kind: unsolicited}"},
      {bound_port,
       "bound_port",
       "the server answered from its port, and its log says that it bound it",
       Witness::capture,
       any,
       server,
       {"bound_port check",
        "",
        {{"port", integer(1, 65535), false, "", "The port; default: the planned one.", "5000"}}},
       "{kind: bound_port, port: 5000}"},
      {payload_contains, "payload_contains", "a text is in the messages", Witness::capture, any, client,
       payload_section(), "{kind: payload_contains, text: \"{student_id}\", messages: all}"},
      {udp_header, "udp_header", "checksum and length field of the UDP headers", Witness::capture, udp, client,
       header_section(), "{kind: udp_header, checksum: required}"},
      {tcp_handshake, "tcp_handshake", "the three-way handshake was complete before any data", Witness::capture, tcp,
       client, none("tcp_handshake check"), "{kind: tcp_handshake}"},
      {tcp_close, "tcp_close", "both sides ended their stream with FIN, and neither reset it", Witness::capture, tcp,
       client, none("tcp_close check"), "{kind: tcp_close}"},
      {no_reset, "no_reset", "no RST in the connection", Witness::capture, tcp, client, none("no_reset check"),
       "{kind: no_reset}"},
      {retransmissions, "retransmissions", "TCP segments that were sent again", Witness::capture, tcp, client,
       segments("retransmissions check"), "{kind: retransmissions, at_most: 0, level: warning}"},
      {zero_windows, "zero_windows", "TCP segments that allow no further data", Witness::capture, tcp, client,
       segments("zero_windows check"), "{kind: zero_windows, at_most: 0, of: server}"},
      {accept_order, "accept_order", "the server accepted connections in the order in which their handshakes ended",
       both, tcp, server, none("accept_order check"), "{kind: accept_order}"},
      {served_at_once, "served_at_once", "there was an instant at which the server was serving all its clients",
       Witness::capture, any, server, none("served_at_once check"), "{kind: served_at_once}"},
      {logs_agree, "logs_agree", "client's log, server's log and capture tell the same story", both, any, client,
       none("logs_agree check"), "{kind: logs_agree}"},
      {log_line, "log_line", "a program wrote (or did not write) a line", logs, any, client_container, log_section(),
       "{kind: log_line, of: server, stream: stdout, matches: \"^\\\\[listen\\\\] udp\"}"},
  };
}

}  // namespace

const std::vector<CheckKindFacts>& check_kinds() {
  static const std::vector<CheckKindFacts> kinds = make_kinds();
  return kinds;
}

const CheckKindFacts& facts_of(CheckKind kind) {
  for (const CheckKindFacts& facts : check_kinds()) {
    if (facts.kind == kind) return facts;
  }
  throw std::logic_error("a kind of check without facts");
}

const CheckKindFacts* find_check_kind(std::string_view name) {
  const auto& kinds = check_kinds();
  const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const auto& facts) { return facts.name == name; });
  return found == kinds.end() ? nullptr : &*found;
}

const std::vector<CheckKind>& default_check_kinds() {
  static const std::vector<CheckKind> kinds{CheckKind::echoes_match, CheckKind::nothing_else_echoed,
                                            CheckKind::own_port, CheckKind::counts};
  return kinds;
}

std::string_view words_of(Witness witness) {
  return witness == Witness::capture ? "capture" : witness == Witness::logs ? "logs" : "capture and logs";
}

std::string_view words_of(Subject subject) {
  switch (subject) {
    case Subject::client:
      return "client";
    case Subject::client_and_lab:
      return "client, and the lab";
    case Subject::client_container:
      return "container";
    case Subject::server:
      return "server";
  }
  return "";
}

}  // namespace echolab::scenario

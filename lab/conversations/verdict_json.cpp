
#include "lab/base/json.h"
#include "lab/conversations/judge_capture.h"

namespace echolab::conversations {

std::string_view to_string(ServerBy reason) {
  switch (reason) {
    case ServerBy::named_port:
      return "named port";
    case ServerBy::syn:
      return "SYN";
    case ServerBy::other_client:
      return "known server";
    case ServerBy::well_known_port:
      return "well-known port";
    case ServerBy::echoes:
      return "whose bytes came back";
    case ServerBy::first_datagram:
      return "first datagram";
    case ServerBy::higher_port:
      return "lower port";
  }
  return "";
}

std::string_view to_string(Close close) {
  switch (close) {
    case Close::none:
      return "none";
    case Close::fin:
      return "fin";
    case Close::rst:
      return "rst";
  }
  return "";
}

namespace {

using Json = nlohmann::ordered_json;

// Whole where the capture's clock is whole: "210", not "210.0".
Json microseconds(std::uint64_t nanoseconds) {
  if (nanoseconds % 1000 == 0) return nanoseconds / 1000;
  return static_cast<double>(nanoseconds) / 1000.0;
}

Json optional_count(const std::optional<std::uint64_t>& count) {
  return count ? Json(*count) : Json(nullptr);
}

Json to_json(const Conversation& facts) {
  Json json{{"protocol", echolab::to_string(facts.protocol)},
            {"client", facts.client.to_string()},
            {"server", facts.server.to_string()},
            {"server_decided_by", to_string(facts.server_by)},
            {"requests", optional_count(facts.requests)},
            {"echoed", optional_count(facts.echoed)},
            {"lost", facts.lost},
            {"late", facts.late},
            {"duplicated", facts.duplicated},
            {"altered", facts.altered},
            {"unsolicited", facts.unsolicited}};
  json["rtt_us"] = nullptr;
  if (facts.rtt) {
    json["rtt_us"] = {{"min", microseconds(facts.rtt->min_ns)},
                      {"p50", microseconds(facts.rtt->p50_ns)},
                      {"p99", microseconds(facts.rtt->p99_ns)},
                      {"max", microseconds(facts.rtt->max_ns)}};
  }
  json["first_packet"] = facts.first_packet;
  if (!facts.tcp) return json;
  const TcpReport& tcp = *facts.tcp;
  json["bytes_sent"] = tcp.bytes_sent;
  json["bytes_echoed"] = tcp.bytes_echoed;
  json["first_difference"] = nullptr;
  if (tcp.first_difference) {
    json["first_difference"] = {{"offset", tcp.first_difference->offset}, {"packet", tcp.first_difference->packet}};
  }
  json["handshake"] = tcp.handshake;
  json["close"] = to_string(tcp.close);
  json["retransmissions"] = tcp.retransmissions;
  return json;
}

Json to_json(const CaptureFinding& finding) {
  Json json{{"check", finding.check}};
  if (!finding.subject.empty()) json["subject"] = finding.subject;
  if (finding.warning) json["level"] = "warning";
  json["outcome"] = verify::to_string(finding.outcome);
  json["message"] = finding.message;
  if (!finding.hint.empty()) json["hint"] = finding.hint;
  json["packets"] = finding.packets;
  return json;
}

}  // namespace

std::string to_json(const CaptureVerdict& verdict) {
  Json json{{"schema", "echolab.verify/v1"},
            {"file", verdict.file},
            {"packets", verdict.packets},
            {"truncated", verdict.truncated},
            {"damaged_at", optional_count(verdict.damaged_at)},
            {"verdict", verify::to_string(verdict.outcome)}};
  json["conversations"] = Json::array();
  for (const Conversation& conversation : verdict.conversations) json["conversations"].push_back(to_json(conversation));
  json["findings"] = Json::array();
  for (const CaptureFinding& finding : verdict.findings) json["findings"].push_back(to_json(finding));
  json["notes"] = verdict.notes;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace echolab::conversations

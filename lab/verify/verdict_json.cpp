
#include "lab/base/json.h"
#include "lab/verify/verify.h"

namespace echolab::verify {

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::passed:
      return "passed";
    case Outcome::failed:
      return "failed";
    case Outcome::inconclusive:
      return "inconclusive";
    case Outcome::not_run:
      return "not_run";
  }
  return "not_run";
}

namespace {

using Json = nlohmann::ordered_json;

Json to_json(const Finding& finding) {
  Json json;
  json["check"] = finding.check;
  json["subject"] = finding.subject;
  json["outcome"] = to_string(finding.outcome);
  if (finding.level == scenario::Level::warning) json["level"] = "warning";
  json["message"] = finding.message;
  if (!finding.hint.empty()) json["hint"] = finding.hint;
  if (finding.message_number != 0) json["message_number"] = finding.message_number;
  if (!finding.expected.empty() || !finding.got.empty()) {
    json["expected"] = finding.expected;
    json["got"] = finding.got;
  }
  Json evidence = Json::array();
  for (const Evidence& item : finding.evidence) {
    evidence.push_back({{"file", item.file}, {item.kind == Evidence::Kind::packet ? "packet" : "line", item.number}});
  }
  json["evidence"] = std::move(evidence);
  return json;
}

Json to_json(const ExchangeSummary& exchange) {
  return {{"subject", exchange.subject},
          {"protocol", exchange.protocol},
          {"client", exchange.local},
          {"server", exchange.server},
          {"planned", exchange.planned},
          {"sent", exchange.sent},
          {"echoed", exchange.echoed},
          {"lost", exchange.lost},
          {"late", exchange.late},
          {"duplicated", exchange.duplicated},
          {"altered", exchange.altered},
          {"unsolicited", exchange.unsolicited},
          {"rtt_ns",
           {{"min", exchange.rtt_min_ns},
            {"p50", exchange.rtt_p50_ns},
            {"p99", exchange.rtt_p99_ns},
            {"max", exchange.rtt_max_ns}}}};
}

}  // namespace

std::string to_json(const Verdict& verdict) {
  Json json;
  json["schema"] = "echolab.findings/v1";
  json["outcome"] = to_string(verdict.outcome);
  json["packets"] = verdict.packets;
  json["notes"] = verdict.notes;
  json["findings"] = Json::array();
  for (const Finding& finding : verdict.findings) json["findings"].push_back(to_json(finding));
  json["exchanges"] = Json::array();
  for (const ExchangeSummary& exchange : verdict.exchanges) json["exchanges"].push_back(to_json(exchange));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace echolab::verify

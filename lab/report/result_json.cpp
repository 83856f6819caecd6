#include "lab/report/result_json.h"

#include "lab/base/json.h"

namespace echolab::report {

namespace {

using Json = nlohmann::ordered_json;

Json finding_json(const verify::Finding& finding) {
  Json json{{"check", finding.check}, {"subject", finding.subject}, {"outcome", verify::to_string(finding.outcome)}};
  if (finding.level == scenario::Level::warning) json["level"] = "warning";
  json["message"] = finding.message;
  if (!finding.hint.empty()) json["hint"] = finding.hint;
  if (finding.message_number > 0) json["message_number"] = finding.message_number;
  if (!finding.expected.empty() || !finding.got.empty()) {
    json["expected"] = finding.expected;
    json["got"] = finding.got;
  }
  json["evidence"] = Json::array();
  for (const verify::Evidence& evidence : finding.evidence) {
    const bool packet = evidence.kind == verify::Evidence::Kind::packet;
    json["evidence"].push_back({{"file", evidence.file}, {packet ? "packet" : "line", evidence.number}});
  }
  return json;
}

Json exchange_json(const verify::ExchangeSummary& x) {
  return {{"client", x.subject},
          {"local", x.local},
          {"server", x.server},
          {"protocol", x.protocol},
          {"planned", x.planned},
          {"sent", x.sent},
          {"echoed", x.echoed},
          {"lost", x.lost},
          {"late", x.late},
          {"duplicated", x.duplicated},
          {"altered", x.altered},
          {"unsolicited", x.unsolicited},
          {"rtt_ns", {{"min", x.rtt_min_ns}, {"p50", x.rtt_p50_ns}, {"p99", x.rtt_p99_ns}, {"max", x.rtt_max_ns}}}};
}

}  // namespace

std::string result_json(const artifacts::RunFolder& run, const verify::Verdict& verdict) {
  Json json;
  json["schema"] = "echolab.result/v1";
  json["verdict"] = verify::to_string(verdict.outcome);
  json["run"] = run.plan.run_id;
  json["scenario"] = {{"name", run.plan.scenario_name},
                      {"file", run.plan.scenario_file},
                      {"sha256", run.plan.scenario_sha256},
                      {"seed", run.plan.seed}};
  json["engine"] = {{"name", run.engine.engine}, {"version", run.engine.version}, {"problems", run.engine.problems}};
  json["folder"] = run.folder.string();
  json["packets"] = verdict.packets;
  json["capture_complete"] = !run.engine.captures.empty();
  for (const artifacts::CaptureRecord& capture : run.engine.captures) {
    if (!capture.complete) json["capture_complete"] = false;
  }
  json["clients"] = Json::array();
  for (const verify::ExchangeSummary& exchange : verdict.exchanges) json["clients"].push_back(exchange_json(exchange));
  json["checks"] = Json::array();
  for (const plan::Check& check : run.plan.checks) {
    Json counts{{"passed", 0}, {"failed", 0}, {"inconclusive", 0}, {"not_run", 0}};
    for (const verify::Finding& finding : verdict.findings) {
      if (finding.check == check.id) {
        auto& count = counts[std::string(verify::to_string(finding.outcome))];
        count = count.get<int>() + 1;
      }
    }
    Json entry{{"id", check.id}, {"points", check.points}, {"line", check.line}};
    if (check.level == scenario::Level::warning) entry["level"] = "warning";
    entry["findings"] = std::move(counts);
    json["checks"].push_back(std::move(entry));
  }
  json["findings"] = Json::array();  // only those that did not pass: all of them are in findings.json
  for (const verify::Finding& finding : verdict.findings) {
    if (finding.outcome != verify::Outcome::passed) json["findings"].push_back(finding_json(finding));
  }
  json["notes"] = verdict.notes;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace echolab::report

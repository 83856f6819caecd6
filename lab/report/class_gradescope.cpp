// results.json of Gradescope's autograder (gradescope-autograders.readthedocs.io, "Specifications").
#include <fmt/format.h>

#include <algorithm>

#include "lab/base/json.h"
#include "lab/report/class_reports.h"
#include "lab/report/class_words.h"

namespace echolab::report {

namespace {

using Json = nlohmann::ordered_json;
using verify::Outcome;

std::string output_of(const marks::CheckMark& mark) {
  std::string text;
  if (mark.outcome == Outcome::inconclusive) text += "Not judged, for no fault of yours.\n";
  if (mark.level == scenario::Level::warning && mark.outcome == Outcome::failed)
    text += "A warning: it costs nothing.\n";
  text += shown(mark.message) + "\n";
  if (!mark.hint.empty()) text += "Hint: " + shown(mark.hint) + "\n";
  for (const verify::Evidence& evidence : mark.evidence) text += "See " + evidence_text(evidence) + "\n";
  return text;
}

Json test_of(const marks::CheckMark& mark) {
  Json test;
  const bool judged = mark.outcome != Outcome::inconclusive;
  if (judged) test["score"] = mark.points;
  test["max_score"] = mark.most;
  const bool decides = mark.level == scenario::Level::error;
  if (judged) test["status"] = mark.outcome == Outcome::passed || !decides ? "passed" : "failed";
  test["name"] = shown(mark.scenario) + ": " + shown(mark.check);
  test["output"] = output_of(mark);
  return test;
}

}  // namespace

std::string gradescope_json(const marks::StudentResult& result) {
  Json json;
  // The scores of the tests are the only source of the sum, where there are any.
  const bool scored = std::any_of(result.checks.begin(), result.checks.end(),
                                  [](const marks::CheckMark& mark) { return mark.outcome != Outcome::inconclusive; });
  if (!scored) json["score"] = result.points;
  std::string output = fmt::format("{}: {} points", marks::to_string(result.status), points_of(result));
  if (!result.reason.empty()) output += "\n" + shown(result.reason);
  if (!result.complete()) output += "\nThis mark is not complete yet.";
  for (const marks::LimitHit& hit : result.limits) output += "\n" + limit_text(hit);
  for (const std::string& note : result.notes) output += "\nNote: " + shown(note);
  json["output"] = output + "\n";
  json["output_format"] = "text";
  json["test_output_format"] = "text";
  json["test_name_format"] = "text";
  json["visibility"] = "visible";
  json["stdout_visibility"] = "hidden";
  json["extra_data"] = {{"student", result.student.id},
                        {"status", marks::to_string(result.status)},
                        {"open", result.open},
                        {"most", result.most}};
  json["tests"] = Json::array();
  for (const marks::CheckMark& mark : result.checks) json["tests"].push_back(test_of(mark));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace echolab::report

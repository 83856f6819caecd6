// results.json and result.json. Writing and reading stand side by side, type by type, so that neither forgets a member.
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "lab/base/error.h"
#include "lab/base/json.h"
#include "lab/marks/class_result.h"

namespace echolab::marks {

namespace {

using Json = nlohmann::ordered_json;
using verify::Evidence;
using verify::Outcome;

constexpr std::array outcomes{Outcome::passed, Outcome::failed, Outcome::inconclusive, Outcome::not_run};
constexpr std::array statuses{Status::passed, Status::failed, Status::inconclusive, Status::missing};
constexpr std::array limits{Limit::time,   Limit::memory, Limit::processes,
                            Limit::output, Limit::disk,   Limit::build_time};

// The enumerator whose word stands there.
template <typename Enum, std::size_t n>
Enum one_of(const std::array<Enum, n>& values, const Json& json) {
  const auto word = json.get<std::string>();
  for (const Enum value : values) {
    if (to_string(value) == word) return value;
  }
  throw std::invalid_argument(fmt::format("unknown word '{}'", word));
}

// 2 rather than 2.0: most points are whole, and both read back as the same number.
Json number(double value) {
  if (value == std::floor(value) && std::abs(value) < 1e15) return static_cast<std::int64_t>(value);
  return value;
}

template <typename T>
Json list(const std::vector<T>& items, Json (*write)(const T&)) {
  Json json = Json::array();
  for (const T& item : items) json.push_back(write(item));
  return json;
}
template <typename T>
std::vector<T> read_list(const Json& json, T (*read)(const Json&)) {
  if (!json.is_array()) throw std::invalid_argument("a list is wanted");
  std::vector<T> items;
  for (const Json& item : json) items.push_back(read(item));
  return items;
}

Json write(const std::string& text) {
  return text;
}
std::string read_text(const Json& json) {
  return json.get<std::string>();
}

Json write(const Evidence& evidence) {
  return {{"file", evidence.file}, {evidence.kind == Evidence::Kind::packet ? "packet" : "line", evidence.number}};
}
Evidence read_evidence(const Json& json) {
  const bool packet = json.contains("packet");
  return {packet ? Evidence::Kind::packet : Evidence::Kind::line, json.at("file").get<std::string>(),
          json.at(packet ? "packet" : "line").get<std::uint64_t>()};
}

Json write(const CheckMark& mark) {
  Json json{{"scenario", mark.scenario},
            {"check", mark.check},
            {"line", mark.line},
            {"outcome", verify::to_string(mark.outcome)},
            {"points", number(mark.points)},
            {"most", number(mark.most)}};
  if (mark.level == scenario::Level::warning) json["level"] = "warning";
  if (!mark.subject.empty()) json["subject"] = mark.subject;
  json["message"] = mark.message;
  if (!mark.hint.empty()) json["hint"] = mark.hint;
  json["evidence"] = list(mark.evidence, write);
  return json;
}
CheckMark read_mark(const Json& json) {
  CheckMark mark;
  json.at("scenario").get_to(mark.scenario);
  json.at("check").get_to(mark.check);
  json.at("line").get_to(mark.line);
  mark.outcome = one_of(outcomes, json.at("outcome"));
  json.at("points").get_to(mark.points);
  json.at("most").get_to(mark.most);
  if (json.contains("level")) mark.level = scenario::Level::warning;
  mark.subject = json.value("subject", "");
  json.at("message").get_to(mark.message);
  mark.hint = json.value("hint", "");
  mark.evidence = read_list<Evidence>(json.at("evidence"), read_evidence);
  return mark;
}

Json write(const LimitHit& hit) {
  return {{"limit", to_string(hit.limit)}, {"where", hit.where}, {"detail", hit.detail}};
}
LimitHit read_limit(const Json& json) {
  return {one_of(limits, json.at("limit")), json.at("where").get<std::string>(), json.at("detail").get<std::string>()};
}

Json write(const Refusal& refusal) {
  return {{"scenario", refusal.scenario}, {"reason", refusal.reason}};
}
Refusal read_refusal(const Json& json) {
  return {json.at("scenario").get<std::string>(), json.at("reason").get<std::string>()};
}

Json write(const Student& student) {
  return {{"id", student.id},
          {"name", student.name},
          {"department", student.department},
          {"email", student.email},
          {"section", student.section}};
}
Student read_student(const Json& json) {
  return {json.at("id").get<std::string>(), json.at("name").get<std::string>(),
          json.at("department").get<std::string>(), json.at("email").get<std::string>(),
          json.at("section").get<std::string>()};
}

Json write(const StudentResult& result) {
  return {{"student", write(result.student)},
          {"status", to_string(result.status)},
          {"points", number(result.points)},
          {"open", number(result.open)},
          {"most", number(result.most)},
          {"reason", result.reason},
          {"checks", list(result.checks, write)},
          {"limits", list(result.limits, write)},
          {"refused", list(result.refused, write)},
          {"notes", list(result.notes, write)}};
}
StudentResult read_result(const Json& json) {
  StudentResult result;
  result.student = read_student(json.at("student"));
  result.status = one_of(statuses, json.at("status"));
  json.at("points").get_to(result.points);
  json.at("open").get_to(result.open);
  json.at("most").get_to(result.most);
  json.at("reason").get_to(result.reason);
  result.checks = read_list<CheckMark>(json.at("checks"), read_mark);
  result.limits = read_list<LimitHit>(json.at("limits"), read_limit);
  result.refused = read_list<Refusal>(json.at("refused"), read_refusal);
  result.notes = read_list<std::string>(json.at("notes"), read_text);
  return result;
}

Json write(const ScenarioUse& use) {
  return {{"name", use.name}, {"file", use.file}, {"sha256", use.sha256}};
}

Json write(const Alike& alike) {
  return {{"first", alike.first},
          {"second", alike.second},
          {"what", alike.what},
          {"reason", alike.reason},
          {"evidence", list(alike.evidence, write)}};
}

Json totals(const ClassResult& result) {
  Json json{{"students", result.students.size()}};
  for (const Status status : statuses) {
    std::size_t count = 0;
    for (const StudentResult& student : result.students) count += student.status == status ? 1 : 0;
    json[std::string(to_string(status))] = count;
  }
  return json;
}

constexpr const char* student_schema = "echolab.student/v1";

// Bytes that are no UTF-8 become U+FFFD rather than an exception.
std::string dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string_view to_string(Limit limit) {
  switch (limit) {
    case Limit::time:
      return "time";
    case Limit::memory:
      return "memory";
    case Limit::processes:
      return "processes";
    case Limit::output:
      return "output";
    case Limit::disk:
      return "disk";
    case Limit::build_time:
      return "build_time";
  }
  return "time";
}

std::string_view to_string(Status status) {
  switch (status) {
    case Status::passed:
      return "passed";
    case Status::failed:
      return "failed";
    case Status::inconclusive:
      return "inconclusive";
    case Status::missing:
      return "missing";
  }
  return "missing";
}

std::string to_json(const StudentResult& result) {
  Json json{{"schema", student_schema}};
  json.update(write(result));
  return dump(json);
}

std::string to_json(const ClassResult& result) {
  return dump({{"schema", "echolab.class/v1"},
               {"batch", result.batch},
               {"seed", result.seed},
               {"tool_version", result.tool_version},
               {"scenarios", list(result.scenarios, write)},
               {"totals", totals(result)},
               {"students", list(result.students, write)},
               {"alike", list(result.alike, write)},
               {"notes", list(result.notes, write)}});
}

StudentResult student_result_from_json(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    if (const auto schema = json.at("schema").get<std::string>(); schema != student_schema) {
      throw std::invalid_argument(fmt::format("schema '{}'; this program reads {}", schema, student_schema));
    }
    return read_result(json);
  } catch (const std::exception& error) {
    throw EnvironmentError("read a student's result.json", error.what(),
                           "the file is damaged or from another version; grade the student again");
  }
}

}  // namespace echolab::marks

#include "lab/plan/check_json.h"

#include <fmt/format.h>

#include <array>
#include <stdexcept>
#include <type_traits>

#include "lab/base/json.h"
#include "lab/scenario/check_kinds.h"

namespace echolab::plan {

namespace {

using Json = nlohmann::ordered_json;
namespace sc = scenario;

template <typename Enum>
struct Word {
  Enum value;
  const char* word;
};
constexpr Word<sc::Encoding> encodings[] = {
    {sc::Encoding::any, "any"}, {sc::Encoding::utf8, "utf-8"}, {sc::Encoding::cp949, "cp949"}};
constexpr Word<sc::PayloadStreams> payload_streams[] = {{sc::PayloadStreams::requests, "requests"},
                                                        {sc::PayloadStreams::echoes, "echoes"},
                                                        {sc::PayloadStreams::both, "both"}};
constexpr Word<sc::ChecksumRule> checksum_rules[] = {
    {sc::ChecksumRule::valid, "valid"}, {sc::ChecksumRule::required, "required"}, {sc::ChecksumRule::any, "any"}};
constexpr Word<sc::Sides> sides[] = {
    {sc::Sides::client, "client"}, {sc::Sides::server, "server"}, {sc::Sides::both, "both"}};
constexpr Word<sc::LogStream> log_streams[] = {{sc::LogStream::any, "any"},
                                               {sc::LogStream::standard_output, "stdout"},
                                               {sc::LogStream::standard_error, "stderr"},
                                               {sc::LogStream::events, "events"}};

template <typename Enum, std::size_t n>
const char* word_of(const Word<Enum> (&words)[n], Enum value) {
  for (const auto& [v, word] : words) {
    if (v == value) return word;
  }
  throw std::logic_error("an enumerator without a word");
}
template <typename Enum, std::size_t n>
Enum value_of(const Word<Enum> (&words)[n], const Json& json) {
  const auto text = json.get<std::string>();
  for (const auto& [value, word] : words) {
    if (word == text) return value;
  }
  throw std::invalid_argument(fmt::format("unknown word '{}'", text));
}

template <typename T>
void put(Json& json, const char* key, const std::optional<T>& value) {
  if (value) json[key] = *value;
}
template <typename T>
void take(const Json& json, const char* key, std::optional<T>& value) {
  if (json.contains(key)) value = json.at(key).get<T>();
}

// --- Terms: writing and reading stand side by side, type by type.

Json write(const sc::NoTerms&) {
  return {};
}
void read(const Json&, sc::NoTerms&) {}

Json write(const sc::LossTerms& t) {
  return {{"at_most", t.at_most.value}, {"percent", t.at_most.percent}};
}
void read(const Json& json, sc::LossTerms& t) {
  json.at("at_most").get_to(t.at_most.value);
  json.at("percent").get_to(t.at_most.percent);
}

Json write(const sc::RoundTripTerms& t) {
  return {{"percentile", t.percentile}, {"at_most_ns", t.at_most.count()}};
}
void read(const Json& json, sc::RoundTripTerms& t) {
  json.at("percentile").get_to(t.percentile);
  t.at_most = Nanoseconds(json.at("at_most_ns").get<std::int64_t>());
}

Json write(const sc::SurplusTerms& t) {
  return {{"at_most", t.at_most}};
}
void read(const Json& json, sc::SurplusTerms& t) {
  json.at("at_most").get_to(t.at_most);
}

Json write(const sc::PortTerms& t) {
  return t.port ? Json{{"port", t.port->value}} : Json::object();
}
void read(const Json& json, sc::PortTerms& t) {
  if (json.contains("port")) t.port = Port{json.at("port").get<std::uint16_t>()};
}

Json write(const sc::PayloadTerms& t) {
  return {{"text", t.text},
          {"encoding", word_of(encodings, t.encoding)},
          {"in", word_of(payload_streams, t.in)},
          {"all_messages", t.all_messages}};
}
void read(const Json& json, sc::PayloadTerms& t) {
  json.at("text").get_to(t.text);
  t.encoding = value_of(encodings, json.at("encoding"));
  t.in = value_of(payload_streams, json.at("in"));
  json.at("all_messages").get_to(t.all_messages);
}

Json write(const sc::HeaderTerms& t) {
  Json json{{"checksum", word_of(checksum_rules, t.checksum)}};
  put(json, "length", t.length);
  return json;
}
void read(const Json& json, sc::HeaderTerms& t) {
  t.checksum = value_of(checksum_rules, json.at("checksum"));
  take(json, "length", t.length);
}

Json write(const sc::SegmentTerms& t) {
  Json json = Json::object();
  put(json, "at_least", t.at_least);
  put(json, "at_most", t.at_most);
  json["of"] = word_of(sides, t.of);
  return json;
}
void read(const Json& json, sc::SegmentTerms& t) {
  take(json, "at_least", t.at_least);
  take(json, "at_most", t.at_most);
  t.of = value_of(sides, json.at("of"));
}

Json write(const sc::LogLineTerms& t) {
  Json json{{"matches", t.matches},
            {"of_server", t.of_server},
            {"stream", word_of(log_streams, t.stream)},
            {"at_least", t.at_least}};
  put(json, "at_most", t.at_most);
  return json;
}
void read(const Json& json, sc::LogLineTerms& t) {
  json.at("matches").get_to(t.matches);
  json.at("of_server").get_to(t.of_server);
  t.stream = value_of(log_streams, json.at("stream"));
  json.at("at_least").get_to(t.at_least);
  take(json, "at_most", t.at_most);
}

// Which terms a kind has.
sc::CheckTerms empty_terms(sc::CheckKind kind) {
  switch (kind) {
    case sc::CheckKind::loss:
      return sc::LossTerms{};
    case sc::CheckKind::round_trip:
      return sc::RoundTripTerms{};
    case sc::CheckKind::duplicates:
    case sc::CheckKind::reordering:
    case sc::CheckKind::unsolicited:
      return sc::SurplusTerms{};
    case sc::CheckKind::bound_port:
      return sc::PortTerms{};
    case sc::CheckKind::payload_contains:
      return sc::PayloadTerms{};
    case sc::CheckKind::udp_header:
      return sc::HeaderTerms{};
    case sc::CheckKind::retransmissions:
    case sc::CheckKind::zero_windows:
      return sc::SegmentTerms{};
    case sc::CheckKind::log_line:
      return sc::LogLineTerms{};
    default:
      return sc::NoTerms{};
  }
}

constexpr std::pair<const char*, std::string Check::*> texts[] = {
    {"passed", &Check::passed}, {"failed", &Check::failed}, {"hint", &Check::hint}};

}  // namespace

Json check_to_json(const Check& c) {
  Json json{{"id", c.id}, {"kind", sc::facts_of(c.kind).name}, {"points", c.points}, {"line", c.line}};
  if (c.level == sc::Level::warning) json["level"] = "warning";
  if (c.negated) json["negated"] = true;
  if (!c.applies_to.empty()) json["applies_to"] = c.applies_to;
  if (!c.prerequisites.empty()) json["requires"] = c.prerequisites;
  for (const auto& [key, member] : texts) {
    if (!(c.*member).empty()) json[key] = c.*member;
  }
  if (!std::holds_alternative<sc::NoTerms>(c.terms)) {
    json["terms"] = std::visit([](const auto& terms) { return write(terms); }, c.terms);
  }
  return json;
}

Check check_from_json(const Json& json) {
  Check c;
  json.at("id").get_to(c.id);
  const auto kind = json.at("kind").get<std::string>();
  const sc::CheckKindFacts* const facts = sc::find_check_kind(kind);
  if (facts == nullptr) throw std::invalid_argument(fmt::format("unknown word '{}'", kind));
  c.kind = facts->kind;
  json.at("points").get_to(c.points);
  json.at("line").get_to(c.line);
  c.level = json.value("level", "error") == "warning" ? sc::Level::warning : sc::Level::error;
  c.negated = json.value("negated", false);
  if (json.contains("applies_to")) json.at("applies_to").get_to(c.applies_to);
  if (json.contains("requires")) json.at("requires").get_to(c.prerequisites);
  for (const auto& [key, member] : texts) c.*member = json.value(key, std::string());
  c.terms = empty_terms(c.kind);
  if (!std::holds_alternative<sc::NoTerms>(c.terms)) {
    std::visit([&](auto& terms) { read(json.at("terms"), terms); }, c.terms);
  }
  return c;
}

}  // namespace echolab::plan

#include "lab/scenario/read_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <string_view>

#include "lab/base/cp949.h"
#include "lab/scenario/check_kinds.h"
#include "lab/scenario/check_requirements.h"
#include "lab/scenario/line_pattern.h"
#include "lab/scenario/message_template.h"

namespace echolab::scenario {

namespace {

template <typename Enum>
Enum choice_of(const std::string& word, std::initializer_list<std::pair<std::string_view, Enum>> words) {
  for (const auto& [w, value] : words) {
    if (w == word) return value;
  }
  return words.begin()->second;  // the mistake has been told
}

std::optional<std::uint64_t> optional_count(const Reader& reader, std::string_view key) {
  if (reader.given(key) == nullptr) return std::nullopt;
  return static_cast<std::uint64_t>(reader.integer(key));
}

class CheckReader {
 public:
  CheckReader(const std::vector<Reader>& client_readers, Scenario& scenario, Mistakes& mistakes)
      : client_readers_(client_readers), scenario_(scenario), mistakes_(mistakes) {}

  void read(const Reader& reader) {
    Check check;
    const std::string kind = reader.text("kind");
    check.id = reader.given("id") != nullptr ? reader.text("id") : kind;
    check.line = mistakes_.source().line_of(reader.place("kind").offset);
    if (!check.id.empty() && !ids_.insert(check.id).second) {
      mistakes_.at(reader.place(reader.given("id") != nullptr ? "id" : "kind"),
                   fmt::format("a second check with the id '{}'", check.id),
                   "give it an 'id' of its own (the default is the kind)");
    }
    for (const Node* const item : reader.items("requires")) {
      check.prerequisites.push_back(item->text);
      required_.push_back({check.id, item});
    }
    check.points = reader.number("points");
    check.level = reader.text("level") == "warning" ? Level::warning : Level::error;
    check.negated = reader.boolean("negate");
    check.passed = reader.text("passed");
    check.failed = reader.text("failed");
    check.hint = reader.text("hint");
    const CheckKindFacts* const facts = find_check_kind(kind);
    if (facts != nullptr) {
      check.kind = facts->kind;
      read_groups(reader, *facts, check);
      for (const std::string_view key : {"passed", "failed", "hint"}) check_template(reader, key, *facts);
      read_terms(reader, *facts, check);
    }
    scenario_.checks.push_back(std::move(check));
  }

  // What shows only when all checks are known.
  void check_requirements() { scenario::check_requirements(ids_, required_, mistakes_); }

 private:
  void read_groups(const Reader& reader, const CheckKindFacts& facts, Check& check) {
    groups_.clear();
    bool all_known = true;
    std::vector<std::string_view> names;
    for (const ClientGroup& group : scenario_.clients) names.push_back(group.name);
    for (const Node* const item : reader.items("applies_to")) {
      const auto at = std::find(names.begin(), names.end(), item->text);
      if (at == names.end()) {
        all_known = false;
        mistakes_.at(*item, fmt::format("there is no client group {}", quote(item->text)), suggest(item->text, names));
        continue;
      }
      check.applies_to.push_back(item->text);
      groups_.push_back(static_cast<std::size_t>(at - names.begin()));
    }
    if (!reader.present("applies_to")) {
      for (std::size_t i = 0; i < names.size(); ++i) groups_.push_back(i);
    }
    groups_known_ = all_known && !groups_.empty();
    if (!facts.protocol) return;
    if (groups_known_ &&
        std::none_of(groups_.begin(), groups_.end(), [&](auto i) { return can_speak(i, *facts.protocol); })) {
      const std::string_view protocol = *facts.protocol == Transport::tcp ? "TCP" : "UDP";
      mistakes_.at(
          reader.place(reader.present("applies_to") ? "applies_to" : "kind"),
          fmt::format("'{}' is about {}, and none of its clients speaks that", facts.name, protocol),
          fmt::format("let it apply to clients with 'protocol: {}', or take it out", to_string(*facts.protocol)));
    }
    std::erase_if(groups_, [&](auto i) { return scenario_.clients[i].protocol != *facts.protocol; });
    groups_known_ = groups_known_ && !groups_.empty();
  }

  // A group whose protocol is itself a mistake may mean any.
  bool can_speak(std::size_t group, Transport protocol) const {
    const ClientGroup& clients = scenario_.clients[group];
    const bool open =
        clients.server >= scenario_.servers.size() || (scenario_.servers[clients.server].protocols == Protocols::both &&
                                                       client_readers_[group].given("protocol") == nullptr);
    return open || clients.protocol == protocol;
  }

  // Variables that texts of this kind know for each of its groups.
  std::vector<std::string_view> variables_of(const CheckKindFacts& facts) const {
    if (facts.subject == Subject::server) return {"group", "node", "scenario"};
    return client_variables(facts.subject != Subject::client_container);
  }

  std::vector<std::string_view> client_variables(bool with_client) const {
    std::vector<std::string_view> known{"group", "container", "node", "scenario"};
    if (with_client) known.emplace_back("client");
    if (groups_.empty() || scenario_.clients[groups_.front()].identities.empty()) return known;
    for (const auto& [name, value] : scenario_.clients[groups_.front()].identities.front()) {
      const bool everywhere =
          std::all_of(groups_.begin(), groups_.end(), [&, &key = name](std::size_t i) { return group_knows(i, key); });
      if (everywhere) known.push_back(name);
    }
    return known;
  }

  // All identities of a group have the same names.
  bool group_knows(std::size_t group, std::string_view variable) const {
    const auto& identities = scenario_.clients[group].identities;
    return !identities.empty() && std::any_of(identities.front().begin(), identities.front().end(),
                                              [&](const auto& entry) { return entry.first == variable; });
  }

  bool some_group_knows(std::string_view variable) const {
    return std::any_of(groups_.begin(), groups_.end(), [&](std::size_t i) { return group_knows(i, variable); });
  }

  // False when a mistake was told.
  bool check_template(const Reader& reader, std::string_view key, const CheckKindFacts& facts) {
    const Node* const text = reader.given(key);
    if (text == nullptr) return true;
    const MessageTemplate parsed = parse_template(text->text);
    if (parsed.mistake) {
      mistakes_.inside(*text, parsed.mistake->offset, parsed.mistake->length, parsed.mistake->message,
                       parsed.mistake->hint);
      return false;
    }
    if (!groups_known_) return false;
    const std::vector<std::string_view> known = variables_of(facts);
    bool good = true;
    for (const TemplatePiece& piece : parsed.pieces) {
      if (!piece.is_variable || std::find(known.begin(), known.end(), piece.text) != known.end()) continue;
      good = false;
      std::string hint = suggest(piece.text, known);
      if (piece.text == "message") hint = "a check is about all messages of a client";
      if (facts.subject != Subject::server && some_group_knows(piece.text)) {
        hint = "only some of its clients have it: name their groups in 'applies_to'";
      }
      mistakes_.inside(*text, piece.offset, piece.length, fmt::format("unknown variable {}", quote(piece.text)), hint);
    }
    return good;
  }

  void read_terms(const Reader& common, const CheckKindFacts& facts, Check& check) {
    const Reader reader = common.variant();
    switch (facts.kind) {
      case CheckKind::loss:
        check.terms = LossTerms{reader.amount("at_most")};
        break;
      case CheckKind::round_trip:
        check.terms = read_round_trip(reader);
        break;
      case CheckKind::duplicates:
      case CheckKind::reordering:
      case CheckKind::unsolicited:
        check.terms = SurplusTerms{static_cast<std::uint64_t>(reader.integer("at_most"))};
        break;
      case CheckKind::bound_port: {
        PortTerms terms;
        if (reader.given("port") != nullptr) terms.port = Port{static_cast<std::uint16_t>(reader.integer("port"))};
        check.terms = terms;
        break;
      }
      case CheckKind::payload_contains:
        check.terms = read_payload(reader, facts);
        break;
      case CheckKind::udp_header:
        check.terms = read_header(reader);
        break;
      case CheckKind::retransmissions:
      case CheckKind::zero_windows: {
        const SegmentTerms terms{
            optional_count(reader, "at_least"), optional_count(reader, "at_most"),
            choice_of<Sides>(reader.text("of"),
                             {{"both", Sides::both}, {"client", Sides::client}, {"server", Sides::server}})};
        check_order(reader, terms.at_least.value_or(0), terms.at_most);
        check.terms = terms;
        break;
      }
      case CheckKind::served_at_once:
        check_served_at_once(common);
        break;
      case CheckKind::log_line:
        check.terms = read_log_line(reader);
        break;
      default:
        break;
    }
  }

  void check_order(const Reader& reader, std::uint64_t at_least, std::optional<std::uint64_t> at_most) {
    if (!at_most || at_least <= *at_most) return;
    mistakes_.at(reader.place("at_most"), fmt::format("at least {} and at most {} can't both be", at_least, *at_most),
                 "swap them, or leave one out");
  }

  RoundTripTerms read_round_trip(const Reader& reader) {
    const RoundTripTerms terms{reader.number("percentile"), reader.duration("at_most")};
    for (const std::size_t i : groups_) {
      const ClientGroup& group = scenario_.clients[i];
      if (reader.given("at_most") == nullptr || terms.at_most <= group.messages.timeout) continue;
      mistakes_.at(reader.place("at_most"),
                   fmt::format("no echo of '{}' in time can take longer: the timeout is {}", group.name,
                               format_duration(group.messages.timeout)),
                   "take a time within the timeout, or lengthen that");
      break;
    }
    return terms;
  }

  HeaderTerms read_header(const Reader& reader) {
    HeaderTerms terms;
    terms.checksum = choice_of<ChecksumRule>(
        reader.text("checksum"),
        {{"valid", ChecksumRule::valid}, {"required", ChecksumRule::required}, {"any", ChecksumRule::any}});
    if (const auto length = optional_count(reader, "length")) terms.length = static_cast<std::uint16_t>(*length);
    if (terms.checksum == ChecksumRule::any && !reader.present("length")) {
      mistakes_.at(reader.place("checksum"), "without checksum and length there is nothing to check",
                   "add 'length: 13'");
    }
    return terms;
  }

  PayloadTerms read_payload(const Reader& reader, const CheckKindFacts& facts) {
    PayloadTerms terms;
    terms.text = reader.text("text");
    terms.encoding = choice_of<Encoding>(
        reader.text("encoding"), {{"any", Encoding::any}, {"utf-8", Encoding::utf8}, {"cp949", Encoding::cp949}});
    terms.in = choice_of<PayloadStreams>(
        reader.text("in"),
        {{"requests", PayloadStreams::requests}, {"echoes", PayloadStreams::echoes}, {"both", PayloadStreams::both}});
    terms.all_messages = reader.text("messages") == "all";
    const Node* const text = reader.given("text");
    if (text != nullptr && text->text.empty())
      mistakes_.at(*text, "an empty text is in every message", "say what to find");
    if (check_template(reader, "text", facts) && text != nullptr && terms.encoding == Encoding::cp949)
      check_cp949(*text);
    return terms;
  }

  // Names of nodes and groups are ASCII: only the text itself and the identities' values can have no CP949.
  void check_cp949(const Node& text) {
    const MessageTemplate parsed = parse_template(text.text);
    for (const std::size_t i : groups_) {
      const auto& identities = scenario_.clients[i].identities;
      for (std::size_t number = 0; number < std::max<std::size_t>(1, identities.size()); ++number) {
        const std::string filled = fill_template(parsed, false, [&](std::string_view name) {
          if (number < identities.size()) {
            for (const auto& [key, value] : identities[number]) {
              if (key == name) return std::optional(value);
            }
          }
          return std::optional<std::string>("1");
        });
        if (to_cp949(filled)) continue;
        mistakes_.at(text, fmt::format("CP949 has no bytes for {}", quote(filled)),
                     "it holds ASCII and Korean; write 'encoding: utf-8' for other characters");
        return;
      }
    }
  }

  LogLineTerms read_log_line(const Reader& reader) {
    LogLineTerms terms;
    terms.matches = reader.text("matches");
    terms.of_server = reader.text("of") == "server";
    terms.stream = choice_of<LogStream>(reader.text("stream"), {{"any", LogStream::any},
                                                                {"stdout", LogStream::standard_output},
                                                                {"stderr", LogStream::standard_error},
                                                                {"events", LogStream::events}});
    terms.at_most = optional_count(reader, "at_most");
    terms.at_least = optional_count(reader, "at_least").value_or(terms.at_most == 0u ? 0 : 1);
    check_order(reader, terms.at_least, terms.at_most);
    if (terms.at_least == 0 && !reader.present("at_most")) {
      mistakes_.at(reader.place("at_least"), "any number of lines is at least 0", "add 'at_most', or ask for one line");
    }
    const Node* const matches = reader.given("matches");
    if (matches == nullptr) return terms;
    const std::vector<std::string_view> known =
        terms.of_server ? std::vector<std::string_view>{"group", "node", "scenario"} : client_variables(false);
    const std::string filled = fill_line_pattern(terms.matches, [&](std::string_view name) {
      return std::find(known.begin(), known.end(), name) == known.end() ? std::nullopt
                                                                        : std::optional<std::string>("x");
    });
    if (const auto mistake = find_pattern_mistake(filled)) {
      const std::size_t at = mistake->part.empty() ? std::string::npos : matches->text.find(mistake->part);
      const bool found = at != std::string::npos;
      mistakes_.inside(*matches, found ? at : 0, found ? mistake->part.size() : matches->text.size(),
                       fmt::format("no regular expression: {}", mistake->reason),
                       "RE2 syntax; a backslash before a character takes it as it is");
    }
    return terms;
  }

  void check_served_at_once(const Reader& reader) {
    for (std::size_t server = 0; server < scenario_.servers.size(); ++server) {
      std::uint64_t clients = 0;
      for (const std::size_t i : groups_) {
        const ClientGroup& group = scenario_.clients[i];
        if (group.server != server) continue;
        clients += std::uint64_t{group.containers} * group.clients_per_container;
        if (group.messages.count >= 2) continue;
        mistakes_.at(
            reader.place("kind"),
            fmt::format("'served_at_once' needs two messages or more of each client; '{}' sends one", group.name),
            "from the first echo to the last is a period only with two: raise 'count'");
        return;
      }
      if (clients != 1) continue;
      mistakes_.at(reader.place("kind"),
                   fmt::format("'served_at_once' needs two clients or more; server '{}' has one",
                               scenario_.servers[server].name),
                   "raise 'containers', or take the check out");
      return;
    }
  }

  const std::vector<Reader>& client_readers_;
  Scenario& scenario_;
  Mistakes& mistakes_;
  std::set<std::string> ids_;
  std::vector<Requirement> required_;
  std::vector<std::size_t> groups_;  // that the present check is about
  bool groups_known_ = true;         // false: a mistake about them has been told, and their variables are not judged
};

}  // namespace

bool Check::applies_to_group(const std::string& group) const {
  return applies_to.empty() || std::find(applies_to.begin(), applies_to.end(), group) != applies_to.end();
}

void read_checks(const std::vector<Reader>& readers, const std::vector<Reader>& client_readers, Scenario& scenario,
                 Mistakes& mistakes) {
  CheckReader checks(client_readers, scenario, mistakes);
  for (const Reader& reader : readers) checks.read(reader);
  checks.check_requirements();
  if (!readers.empty() || client_readers.empty()) return;
  for (const CheckKind kind : default_check_kinds()) {
    Check check;
    check.id = facts_of(kind).name;
    check.kind = kind;
    scenario.checks.push_back(std::move(check));
  }
}

}  // namespace echolab::scenario

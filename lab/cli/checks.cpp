#include <fmt/format.h>

#include "lab/base/diagnostic.h"
#include "lab/base/json.h"
#include "lab/base/text.h"
#include "lab/cli/commands.h"
#include "lab/report/table.h"
#include "lab/scenario/check_kinds.h"

namespace echolab::cli {

namespace {

using Json = nlohmann::ordered_json;
using scenario::CheckKindFacts;

std::string_view protocol_of(const CheckKindFacts& facts) {
  return facts.protocol ? to_string(*facts.protocol) : "any";
}

std::string default_of(const scenario::Key& key) {
  return key.required ? "required" : std::string(key.default_value);
}

// "at_most=0 percentile=99", required ones as "text*".
std::string key_summary(const CheckKindFacts& facts) {
  std::string out;
  for (const scenario::Key& key : facts.parameters.keys) {
    if (!out.empty()) out += ' ';
    out += key.name;
    if (key.required) {
      out += '*';
    } else if (!key.default_value.empty()) {
      out += fmt::format("={}", key.default_value);
    }
  }
  return out;
}

Json kind_json(const CheckKindFacts& facts) {
  Json json{{"kind", facts.name},
            {"meaning", facts.meaning},
            {"needs", words_of(facts.witness)},
            {"protocol", protocol_of(facts)},
            {"finding_per", words_of(facts.subject)},
            {"example", facts.example}};
  json["keys"] = Json::array();
  for (const scenario::Key& key : facts.parameters.keys) {
    Json entry{{"name", key.name}, {"required", key.required}};
    if (!key.default_value.empty()) entry["default"] = key.default_value;
    if (!key.shape.choices.empty()) {
      for (const scenario::Choice& choice : key.shape.choices) entry["words"].push_back(choice.word);
    }
    entry["meaning"] = key.description;
    entry["example"] = key.example;
    json["keys"].push_back(std::move(entry));
  }
  return json;
}

std::string render_all(const report::Style& style) {
  report::Table table({{"kind"},
                       {"protocol"},
                       {"needs"},
                       {"one per"},
                       {"own keys"},
                       {"what it judges", report::Table::Align::left, 100}});
  for (const CheckKindFacts& facts : scenario::check_kinds()) {
    table.add_row({{std::string(facts.name), report::Emphasis::strong},
                   {std::string(protocol_of(facts))},
                   {std::string(words_of(facts.witness))},
                   {std::string(words_of(facts.subject))},
                   {key_summary(facts)},
                   {std::string(facts.meaning)}});
  }
  return table.render(style) +
         "\n*: required. All kinds also have: id, points, level, applies_to, negate, requires, passed, failed, hint.\n"
         "One of them with its keys and an example: echolab checks KIND\n";
}

std::string render_one(const CheckKindFacts& facts, const report::Style& style) {
  std::string out = fmt::format("{}: {}\n\nneeds {}; protocol: {}; one finding per {}\n\n",
                                style.paint(facts.name, report::Emphasis::strong), facts.meaning,
                                words_of(facts.witness), protocol_of(facts), words_of(facts.subject));
  report::Table table({{"key"}, {"default"}, {"words"}, {"meaning", report::Table::Align::left, 200}});
  for (const scenario::Key& key : facts.parameters.keys) {
    std::string words;
    for (const scenario::Choice& choice : key.shape.choices) {
      words += fmt::format("{}{}", words.empty() ? "" : "|", choice.word);
    }
    table.add_row({{std::string(key.name)}, {default_of(key)}, {words}, {std::string(key.description)}});
  }
  if (!table.empty()) out += table.render(style) + "\n";
  return out + fmt::format("checks:\n  - {}\n", facts.example);
}

}  // namespace

ExitCode checks(const std::string& kind, Terminal& terminal) {
  const CheckKindFacts* const one = kind.empty() ? nullptr : scenario::find_check_kind(kind);
  if (!kind.empty() && one == nullptr) {
    std::vector<std::string_view> names;
    for (const CheckKindFacts& facts : scenario::check_kinds()) names.push_back(facts.name);
    const std::string_view near = closest(kind, names);
    terminal.say(fmt::format("there is no kind of check '{}'; {}\n", escape_for_terminal(kind),
                             near.empty() ? "echolab checks lists them" : fmt::format("did you mean '{}'?", near)));
    return exit_usage;
  }
  if (terminal.json()) {
    Json kinds = Json::array();
    for (const CheckKindFacts& facts : scenario::check_kinds()) {
      if (one == nullptr || one == &facts) kinds.push_back(kind_json(facts));
    }
    terminal.print(Json{{"schema", "echolab.checks/v1"}, {"kinds", kinds}}.dump(2) + "\n");
  } else {
    terminal.print(one != nullptr ? render_one(*one, terminal.out_style()) : render_all(terminal.out_style()));
  }
  return exit_passed;
}

}  // namespace echolab::cli

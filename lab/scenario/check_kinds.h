#pragma once
// The kinds of checks as one table. Validator, schema, reference, `echolab checks` and the judges' dispatch are made from
// it; what each kind judges, with examples, is docs/checks.md.

#include <optional>
#include <string_view>
#include <vector>

#include "lab/base/address.h"
#include "lab/scenario/check.h"
#include "lab/scenario/format.h"

namespace echolab::scenario {

enum class Witness : std::uint8_t { capture, logs, both };
// What a kind has one finding for each of.
enum class Subject : std::uint8_t { client, client_and_lab, client_container, server };

struct CheckKindFacts {
  CheckKind kind;
  std::string_view name;
  std::string_view meaning;  // one line
  Witness witness;           // what it can't do without
  std::optional<Transport> protocol;
  Subject subject;
  Section parameters;        // keys of this kind alone
  std::string_view example;  // one item of `checks:`
};

// In the order of CheckKind. Lives until the program ends.
const std::vector<CheckKindFacts>& check_kinds();
const CheckKindFacts& facts_of(CheckKind kind);
const CheckKindFacts* find_check_kind(std::string_view name);
// What is judged when a scenario has no `checks:`.
const std::vector<CheckKind>& default_check_kinds();

std::string_view words_of(Witness witness);
std::string_view words_of(Subject subject);

}  // namespace echolab::scenario

#include <fmt/format.h>

#include "lab/base/json.h"
#include "lab/base/text.h"
#include "lab/cli/commands.h"
#include "lab/report/table.h"

namespace echolab::cli {

namespace {

using State = engine::ReadinessItem::State;

std::string_view word(State state) {
  switch (state) {
    case State::good:
      return "ok";
    case State::warning:
      return "warning";
    case State::broken:
      return "BROKEN";
  }
  return "";
}

report::Emphasis emphasis(State state) {
  switch (state) {
    case State::good:
      return report::Emphasis::good;
    case State::warning:
      return report::Emphasis::warning;
    case State::broken:
      return report::Emphasis::bad;
  }
  return report::Emphasis::none;
}

}  // namespace

ExitCode doctor(const EngineOptions& options, Terminal& terminal) {
  const auto [engine, reason] = choose_engine(options);
  const std::vector<engine::ReadinessItem> items = engine->check_ready();
  bool broken = false;
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  report::Table table({{"state"}, {"what"}, {"found", report::Table::Align::left, 100}});
  for (const engine::ReadinessItem& item : items) {
    broken = broken || item.state == State::broken;
    table.add_row({{std::string(word(item.state)), emphasis(item.state)}, {item.what}, {item.found}});
    if (!item.mend.empty()) table.add_row({{""}, {""}, {"mend: " + item.mend}});
    list.push_back({{"state", item.state == State::good      ? "good"
                              : item.state == State::warning ? "warning"
                                                             : "broken"},
                    {"what", item.what},
                    {"found", item.found},
                    {"mend", item.mend}});
  }
  if (terminal.json()) {
    terminal.print(
        nlohmann::ordered_json{{"schema", "echolab.doctor/v1"}, {"engine", engine->name()}, {"items", list}}.dump(
            2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
        "\n");
  } else {
    if (!reason.empty()) terminal.print(fmt::format("engine {}: {}\n\n", engine->name(), escape_for_terminal(reason)));
    terminal.print(table.render(terminal.out_style()));
    terminal.print(broken ? "\nThis machine can't run labs yet: see 'mend' above.\n"
                          : "\nThis machine can run labs.\n");
  }
  return broken ? exit_environment : exit_passed;
}

}  // namespace echolab::cli

#include "bench/core/page.h"

#include <fmt/format.h>

#include <cmath>

#include "lab/base/json.h"
#include "lab/base/text.h"

namespace echolab::bench {

namespace {

using nlohmann::ordered_json;

// Three digits that count, whatever the size: 0.0123, 4.56, 78.9, 123,456.
std::string number(double value) {
  const double size = std::abs(value);
  if (size >= 1000) return (value < 0 ? "-" : "") + with_thousands(static_cast<std::uint64_t>(std::llround(size)));
  if (size >= 100 || value == std::round(value)) return fmt::format("{:.0f}", value);
  if (size >= 10) return fmt::format("{:.1f}", value);
  if (size >= 1) return fmt::format("{:.2f}", value);
  return fmt::format("{:.3g}", value);
}

std::string ratio_text(const Row& row) {
  if (row.peer.empty()) return "";
  const Interval& ratio = row.compared;
  if (row.pairs < 2) return fmt::format("{:.3f}", ratio.median);
  return fmt::format("{:.3f} ({:.3f} to {:.3f})", ratio.median, ratio.low, ratio.high);
}

std::string goal_text(const Row& row) {
  if (!row.goal) return "";
  return fmt::format("{} {}", row.goal->bound == Goal::Bound::at_least ? "at least" : "at most",
                     number(row.goal->value));
}

std::string verdict_text(const Row& row) {
  if (!row.goal) return "";
  return row.is_short() ? "short" : "met";
}

std::string cpu_text(double seconds) {
  return seconds > 0 ? number(seconds) + " s" : "";
}
std::string memory_text(std::uint64_t bytes) {
  return bytes > 0 ? humanize_bytes(bytes) : "";
}

std::string both(const std::string& ours, const std::string& theirs) {
  return theirs.empty() ? ours : ours + " / " + theirs;
}

std::vector<std::string> cells_of(const Row& row) {
  return {row.what,
          row.figure,
          number(row.ours),
          row.peer.empty() ? "" : number(row.theirs),
          row.peer,
          ratio_text(row),
          both(cpu_text(row.our_cpu_seconds), cpu_text(row.their_cpu_seconds)),
          both(memory_text(row.our_peak_bytes), memory_text(row.their_peak_bytes)),
          row.pairs > 1 ? std::to_string(row.pairs) : "",
          goal_text(row),
          verdict_text(row)};
}

const std::vector<std::string> titles{"what", "figure",      "echolab", "peer's", "peer", "ratio (95 %)",
                                      "CPU",  "peak memory", "pairs",   "goal",   ""};

bool is_right_aligned(std::size_t column) {
  return column == 2 || column == 3 || column == 8;
}

std::string markdown_cell(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string table_of(const Section& section, const report::Style& style) {
  using Align = report::Table::Align;
  std::vector<report::Table::Column> columns;
  for (std::size_t i = 0; i < titles.size(); ++i) {
    columns.push_back({titles[i], is_right_aligned(i) ? Align::right : Align::left});
  }
  report::Table table(columns);
  for (const Row& row : section.rows) {
    std::vector<report::Cell> cells;
    for (std::string& text : cells_of(row)) cells.push_back({std::move(text)});
    if (row.goal) cells.back().emphasis = row.is_short() ? report::Emphasis::bad : report::Emphasis::good;
    table.add_row(std::move(cells));
  }
  std::string text = fmt::format("{}\n{}\n\n{}", style.paint(section.name, report::Emphasis::strong), section.about,
                                 table.empty() ? "" : table.render(style));
  for (const std::string& note : section.notes) text += fmt::format("note: {}\n", note);
  return text;
}

ordered_json json_of(const std::vector<Section>& sections, const Machine& machine) {
  ordered_json json{{"schema", "echolab.bench/v1"},
                    {"machine",
                     {{"processor", machine.processor},
                      {"cores", machine.cores},
                      {"memory_bytes", machine.memory_bytes},
                      {"kernel", machine.kernel}}},
                    {"date", machine.date}};
  for (const auto& [program, version] : machine.versions) json["versions"][program] = version;
  json["benchmarks"] = ordered_json::array();
  for (const Section& section : sections) {
    ordered_json rows = ordered_json::array();
    for (const Row& row : section.rows) {
      ordered_json& entry = rows.emplace_back(ordered_json{{"what", row.what},
                                                           {"figure", row.figure},
                                                           {"echolab", row.ours},
                                                           {"pairs", row.pairs},
                                                           {"cpu_seconds", row.our_cpu_seconds},
                                                           {"peak_bytes", row.our_peak_bytes}});
      if (!row.peer.empty()) {
        entry["peer"] = {{"name", row.peer},
                         {"value", row.theirs},
                         {"cpu_seconds", row.their_cpu_seconds},
                         {"peak_bytes", row.their_peak_bytes}};
        entry["ratio"] = {{"median", row.compared.median}, {"low", row.compared.low}, {"high", row.compared.high}};
      }
      if (row.goal) {
        entry["goal"] = {{"name", row.goal->name},
                         {"bound", row.goal->bound == Goal::Bound::at_least ? "at_least" : "at_most"},
                         {"value", row.goal->value},
                         {"met", !row.is_short()}};
      }
    }
    json["benchmarks"].push_back(
        {{"name", section.name}, {"about", section.about}, {"rows", rows}, {"notes", section.notes}});
  }
  return json;
}

std::string page_of(const std::vector<Section>& sections, const Machine& machine) {
  std::string page = fmt::format(
      "# Benchmarks\n\nMade by `./echolab bench --page docs/benchmarks.md` on {}; not edited by hand.\n\n"
      "{}, {} cores, {}, {}.\n\n",
      machine.date, machine.processor, machine.cores, humanize_bytes(machine.memory_bytes), machine.kernel);
  for (std::size_t i = 0; i < machine.versions.size(); ++i) {
    page += fmt::format("{}{} `{}`", i == 0 ? "" : ", ", machine.versions[i].first, machine.versions[i].second);
  }
  page +=
      ".\n\nOurs and the peers ran in turn (A B C, C B A, …) after a warm-up. A ratio is the median of ours to the\n"
      "peer's over the pairs, with its 95 % bootstrap interval; CPU and memory are those of the program that is\n"
      "measured. 'met' and 'short' compare the ratio, or the figure where there is no peer, with the goal.\n";
  for (const Section& section : sections) {
    page += fmt::format("\n## {}\n{}\n\n", section.name, section.about);
    for (const std::string& title : titles) page += "| " + title + " ";
    page += "|\n";
    for (std::size_t i = 0; i < titles.size(); ++i) page += is_right_aligned(i) ? "|--:" : "|---";
    page += "|\n";
    for (const Row& row : section.rows) {
      for (const std::string& cell : cells_of(row)) page += "| " + markdown_cell(cell) + (cell.empty() ? "" : " ");
      page += "|\n";
    }
    if (!section.notes.empty()) page += '\n';
    for (const std::string& note : section.notes) page += "* " + note + '\n';
  }
  return page;
}

}  // namespace echolab::bench

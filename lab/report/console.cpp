#include "lab/report/console.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "lab/base/text.h"
#include "lab/report/words.h"

namespace echolab::report {

namespace {

constexpr std::size_t shown_failures = 12;  // the rest is in findings.json

std::string count(std::uint64_t number) {
  return with_thousands(number);
}

Cell count_cell(std::uint64_t number, Emphasis when_not_zero) {
  return {count(number), number > 0 ? when_not_zero : Emphasis::none};
}

std::string render_clients(const verify::Verdict& verdict, const Style& style) {
  using enum Table::Align;
  Table table({{"client"},
               {"address", left, 50},
               {"to", left, 50},
               {"via"},
               {"sent", right},
               {"echoed", right},
               {"lost", right},
               {"late", right},
               {"altered", right},
               {"doubled", right},
               {"RTT p50", right},
               {"max", right}});
  for (const verify::ExchangeSummary& x : verdict.exchanges) {
    table.add_row({{x.subject},
                   {x.local.empty() ? "-" : x.local},
                   {x.server},
                   {x.protocol},
                   {fmt::format("{}/{}", count(x.sent), count(x.planned))},
                   {count(x.echoed), x.echoed == x.planned ? Emphasis::good : Emphasis::bad},
                   count_cell(x.lost, Emphasis::bad),
                   count_cell(x.late, Emphasis::bad),
                   count_cell(x.altered, Emphasis::bad),
                   count_cell(x.duplicated, Emphasis::bad),
                   {round_trip_text(x.rtt_p50_ns)},
                   {round_trip_text(x.rtt_max_ns)}});
  }
  return table.empty() ? std::string() : table.render(style) + "\n";
}

std::string render_checks(const artifacts::RunFolder& run, const verify::Verdict& verdict, const Style& style) {
  using enum Table::Align;
  Table table({{"check"}, {"passed", right}, {"failed", right}, {"inconclusive", right}, {"not run", right}});
  for (const plan::Check& check : run.plan.checks) {
    std::array<std::uint64_t, 4> counts{};
    for (const verify::Finding& finding : verdict.findings) {
      if (finding.check == check.id) ++counts[static_cast<std::size_t>(finding.outcome)];
    }
    const bool warning = check.level == scenario::Level::warning;
    table.add_row({{warning ? check.id + " (warning)" : check.id},
                   count_cell(counts[0], Emphasis::good),
                   count_cell(counts[1], warning ? Emphasis::warning : Emphasis::bad),
                   count_cell(counts[2], Emphasis::warning),
                   count_cell(counts[3], Emphasis::dim)});
  }
  return table.render(style) + "\n";
}

// The command that shows the packets a finding stands on (a request and its reply come first), or the log line when no
// packet is cited.
std::string render_evidence(const artifacts::RunFolder& run, const verify::Finding& finding) {
  std::vector<std::uint64_t> packets;
  const verify::Evidence* first_packet = nullptr;
  for (const verify::Evidence& evidence : finding.evidence) {
    if (evidence.kind != verify::Evidence::Kind::packet) continue;
    if (first_packet == nullptr) first_packet = &evidence;
    packets.push_back(evidence.number);
  }
  const auto path = [&](const verify::Evidence& evidence) { return shell_word((run.folder / evidence.file).string()); };
  if (first_packet != nullptr) {
    return fmt::format("      look: tshark -r {} -V -Y '{}'\n", path(*first_packet), frame_filter(packets));
  }
  if (finding.evidence.empty()) return {};
  const verify::Evidence& line = finding.evidence.front();
  return fmt::format("      look: sed -n {}p {}\n", line.number, path(line));
}

// What did not pass, the gravest first.
struct Rank {
  verify::Outcome outcome;
  bool warning;  // only of level warning, or only of level error; the lesser outcomes come in any
  std::string_view word;
  Emphasis emphasis;

  bool holds(const verify::Finding& finding) const {
    if (finding.outcome != outcome) return false;
    return outcome != verify::Outcome::failed || warning == (finding.level == scenario::Level::warning);
  }
};
constexpr Rank ranks[] = {{verify::Outcome::failed, false, "FAILED", Emphasis::bad},
                          {verify::Outcome::failed, true, "WARNING", Emphasis::warning},
                          {verify::Outcome::inconclusive, false, "UNCLEAR", Emphasis::warning},
                          {verify::Outcome::not_run, false, "NOT RUN", Emphasis::dim}};

std::string render_failures(const artifacts::RunFolder& run, const verify::Verdict& verdict, const Style& style) {
  std::string out;
  std::size_t shown = 0, all = 0;
  for (const Rank& rank : ranks) {
    for (const verify::Finding& finding : verdict.findings) {
      if (!rank.holds(finding) || ++all > shown_failures) continue;
      ++shown;
      out += fmt::format("{}  {} {}: {}\n", style.paint(rank.word, rank.emphasis), finding.check,
                         escape_for_terminal(finding.subject), escape_for_terminal(finding.message));
      if (!finding.expected.empty() || !finding.got.empty()) {
        out += fmt::format("      expected: {}\n      got:      {}\n", escape_for_terminal(finding.expected),
                           escape_for_terminal(finding.got));
      }
      out += render_evidence(run, finding);
      if (!finding.hint.empty()) out += fmt::format("      hint: {}\n", escape_for_terminal(finding.hint));
    }
  }
  if (all > shown) out += fmt::format("and {} more in {}\n", all - shown, (run.folder / "findings.json").string());
  for (const std::string& note : verdict.notes) out += fmt::format("note: {}\n", escape_for_terminal(note));
  return out.empty() ? out : out + "\n";
}

}  // namespace

std::string render_verdict(const artifacts::RunFolder& run, const verify::Verdict& verdict, const Style& style) {
  std::uint64_t echoed = 0, planned = 0;
  for (const verify::ExchangeSummary& exchange : verdict.exchanges) {
    echoed += exchange.echoed;
    planned += exchange.planned;
  }
  std::string out =
      "\n" + render_clients(verdict, style) + render_checks(run, verdict, style) + render_failures(run, verdict, style);
  out +=
      fmt::format("{}  {}: {} of {} messages echoed, {} packets\n",
                  style.paint(verdict_word(verdict.outcome), emphasis_of(verdict.outcome)),
                  escape_for_terminal(run.plan.scenario_name), count(echoed), count(planned), count(verdict.packets));
  return out;
}

std::string render_plan(const plan::Plan& plan, const Style& style) {
  std::string out = fmt::format("{}  {}\n\n", style.paint(escape_for_terminal(plan.scenario_name), Emphasis::strong),
                                escape_for_terminal(plan.scenario_description));
  Table networks({{"network"}, {"IPv4"}, {"IPv6"}, {"MTU", Table::Align::right}, {"captured"}});
  for (std::size_t i = 0; i < plan.networks.size(); ++i) {
    const plan::Network& network = plan.networks[i];
    const bool captured = std::any_of(plan.captures.begin(), plan.captures.end(),
                                      [&](const plan::Capture& capture) { return capture.network == i; });
    networks.add_row({{network.name},
                      {network.subnet4 ? network.subnet4->to_string() : "-"},
                      {network.subnet6 ? network.subnet6->to_string() : "-"},
                      {fmt::format("{}", network.mtu)},
                      {captured ? "yes" : "no"}});
  }
  out += networks.render(style) + "\n";
  Table nodes(
      {{"node"}, {"IPv4"}, {"IPv6"}, {"program", Table::Align::left, 40}, {"arguments", Table::Align::left, 90}});
  for (const plan::Node& node : plan.nodes) {
    nodes.add_row({{node.name},
                   {node.address4 ? node.address4->to_string() : "-"},
                   {node.address6 ? node.address6->to_string() : "-"},
                   {plan::to_string(node.program)},
                   {fmt::format("{}", fmt::join(node.arguments, " "))}});
  }
  out += nodes.render(style) + "\n";
  std::uint64_t messages = 0;
  for (const plan::Exchange& exchange : plan.exchanges) messages += exchange.messages;
  out += fmt::format("{} clients send {} messages; checks: ", count(plan.exchanges.size()), count(messages));
  for (std::size_t i = 0; i < plan.checks.size(); ++i) out += (i > 0 ? ", " : "") + plan.checks[i].id;
  return out + "\n";
}

}  // namespace echolab::report

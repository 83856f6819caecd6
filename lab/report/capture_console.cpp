#include "lab/report/capture_console.h"

#include <fmt/format.h>

#include <algorithm>

#include "lab/base/text.h"
#include "lab/report/words.h"

namespace echolab::report {

namespace {

using conversations::CaptureFinding;
using conversations::CaptureVerdict;
using conversations::Conversation;

constexpr std::size_t shown_conversations = 40, shown_findings = 40,
                      told_when_passed = 12;  // all of them are in the JSON

std::string count_or_dash(const std::optional<std::uint64_t>& count) {
  return count ? with_thousands(*count) : "-";
}

Cell fault_cell(std::uint64_t count) {
  return {with_thousands(count), count > 0 ? Emphasis::bad : Emphasis::none};
}

std::string tcp_words(const Conversation& facts) {
  if (!facts.tcp) return "-";
  return fmt::format("{}/{} B, {}, {}", with_thousands(facts.tcp->bytes_echoed), with_thousands(facts.tcp->bytes_sent),
                     facts.tcp->handshake ? "handshake" : "no handshake", conversations::to_string(facts.tcp->close));
}

std::string render_conversations(const CaptureVerdict& verdict, const Style& style) {
  using enum Table::Align;
  Table table({{"via"},
               {"client", left, 50},
               {"server", left, 50},
               {"known by"},
               {"requests", right},
               {"echoed", right},
               {"lost", right},
               {"late", right},
               {"altered", right},
               {"doubled", right},
               {"stray", right},
               {"RTT p50", right},
               {"max", right},
               {"stream"}});
  std::size_t rows = 0;
  for (const Conversation& facts : verdict.conversations) {
    if (++rows > shown_conversations) break;
    table.add_row({{std::string(to_string(facts.protocol))},
                   {facts.client.to_string()},
                   {facts.server.to_string()},
                   {std::string(conversations::to_string(facts.server_by)), Emphasis::dim},
                   {count_or_dash(facts.requests)},
                   {count_or_dash(facts.echoed)},
                   fault_cell(facts.lost),
                   fault_cell(facts.late),
                   fault_cell(facts.altered),
                   fault_cell(facts.duplicated),
                   fault_cell(facts.unsolicited),
                   {facts.rtt ? round_trip_text(facts.rtt->p50_ns) : "-"},
                   {facts.rtt ? round_trip_text(facts.rtt->max_ns) : "-"},
                   {tcp_words(facts)}});
  }
  if (table.empty()) return {};
  std::string out = table.render(style);
  if (verdict.conversations.size() > shown_conversations) {
    out += fmt::format("and {} more conversations (--json lists all)\n",
                       with_thousands(verdict.conversations.size() - shown_conversations));
  }
  return out + "\n";
}

// Ready to be copied: the packets in tshark and in Wireshark.
std::string look_at(const CaptureVerdict& verdict, const CaptureFinding& finding) {
  if (finding.packets.empty()) return {};
  const std::string file = shell_word(verdict.file);
  return fmt::format("      look: tshark -r {} -V -Y '{}'\n            wireshark -g {} {}\n", file,
                     frame_filter(finding.packets), finding.packets.back(), file);
}

std::string render_finding(const CaptureVerdict& verdict, const CaptureFinding& finding, const Style& style) {
  const bool warns = finding.warning && finding.outcome == verify::Outcome::failed;
  const std::string subject = finding.subject.empty() ? "" : " " + escape_for_terminal(finding.subject) + ":";
  std::string out = fmt::format("{}  {}{} {}\n",
                                style.paint(warns ? "WARNING" : finding_word(finding.outcome),
                                            warns ? Emphasis::warning : emphasis_of(finding.outcome)),
                                finding.check, subject, escape_for_terminal(finding.message));
  if (finding.outcome != verify::Outcome::passed) out += look_at(verdict, finding);
  if (finding.outcome == verify::Outcome::failed && !finding.hint.empty()) {
    out += fmt::format("      hint: {}\n", escape_for_terminal(finding.hint));
  }
  return out;
}

}  // namespace

std::string render_capture_verdict(const CaptureVerdict& verdict, const Style& style) {
  std::string out = "\n" + render_conversations(verdict, style);
  // Where much was found to be right, that is said in one line.
  const auto passed =
      std::count_if(verdict.findings.begin(), verdict.findings.end(),
                    [](const CaptureFinding& finding) { return finding.outcome == verify::Outcome::passed; });
  const bool tells_passed = verdict.findings.size() <= told_when_passed;
  std::size_t shown = 0, others = 0;
  for (const CaptureFinding& finding : verdict.findings) {
    if (finding.outcome == verify::Outcome::passed && !tells_passed) continue;
    if (++others > shown_findings) continue;
    ++shown;
    out += render_finding(verdict, finding, style);
  }
  if (others > shown) out += fmt::format("and {} more (--json lists all)\n", others - shown);
  if (!tells_passed && passed > 0)
    out += fmt::format("{}  {} findings\n", style.paint("PASSED", Emphasis::good), passed);
  for (const std::string& note : verdict.notes) out += fmt::format("note: {}\n", escape_for_terminal(note));
  out += fmt::format("\n{}  {}: {}, {}\n", style.paint(verdict_word(verdict.outcome), emphasis_of(verdict.outcome)),
                     escape_for_terminal(verdict.file), counted(verdict.packets, "packet", "packets"),
                     counted(verdict.conversations.size(), "conversation", "conversations"));
  return out;
}

}  // namespace echolab::report

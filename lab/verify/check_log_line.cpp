// Lines of a program's own logs, looked for with a regular expression. One finding per container: its clients share
// their logs.

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <set>

#include "lab/base/text.h"
#include "lab/scenario/line_pattern.h"
#include "lab/verify/check.h"
#include "lab/verify/line_reader.h"
#include "lab/verify/subject_texts.h"

namespace echolab::verify {

namespace {

constexpr std::size_t longest_line = 64 * 1024;  // of a longer one the beginning is searched
constexpr std::uint64_t lines_cited = 3;

struct LogFile {
  std::string file;       // relative to the run folder
  std::uint64_t cut = 0;  // bytes that the run folder left out
};

struct Matches {
  std::uint64_t count = 0;
  std::vector<std::pair<std::string, std::uint64_t>> first;  // file and line
  std::string example;
  std::string doubt;  // why lines may be missing
};

std::vector<LogFile> files_of(const plan::Node& node, const artifacts::NodeExit& exit, scenario::LogStream stream) {
  using scenario::LogStream;
  std::vector<LogFile> files;
  const auto add = [&](LogStream which, const char* name, std::uint64_t cut) {
    if (stream == which || stream == LogStream::any)
      files.push_back({fmt::format("nodes/{}/{}", node.name, name), cut});
  };
  add(LogStream::standard_output, "stdout", exit.stdout_cut);
  add(LogStream::standard_error, "stderr", exit.stderr_cut);
  if (node.writes_events) add(LogStream::events, "events.jsonl", exit.events_cut);
  return files;
}

// What the run folder writes where it cut a stream (node_streams.cpp).
bool is_cut_mark(std::string_view line) {
  return line.starts_with("[echolab: ") && line.ends_with(" bytes left out here]");
}

void search(const CheckContext& context, const LogFile& log, const RE2& expression, Matches& matches) {
  const auto doubt = [&](std::string why) {
    if (matches.doubt.empty()) matches.doubt = std::move(why);
  };
  LineReader lines(context.run.folder / log.file, longest_line);
  if (!lines.exists()) return doubt(log.file + " is missing");
  const auto& damaged = context.run.damaged;
  if (std::find(damaged.begin(), damaged.end(), log.file) != damaged.end()) {
    doubt(log.file + " is not the file that was recorded");
  }
  if (log.cut > 0) doubt(fmt::format("{} of {} were left out", humanize_bytes(log.cut), log.file));
  while (lines.next()) {
    std::string_view line = lines.line();
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (log.cut > 0 && is_cut_mark(line)) continue;
    if (lines.too_long())
      doubt(fmt::format("line {} of {} is too long to be searched whole", lines.number(), log.file));
    if (!RE2::PartialMatch(re2::StringPiece(line.data(), line.size()), expression)) continue;
    if (matches.count++ == 0) matches.example = cut_to_width(escape_for_terminal(line.substr(0, 400)), 80);
    if (matches.first.size() < lines_cited) matches.first.emplace_back(log.file, lines.number());
  }
}

void judge(const CheckContext& context, const scenario::LogLineTerms& terms, std::size_t index, Judgement& judgement,
           std::string& passed) {
  const plan::Node& node = context.run.plan.nodes.at(index);
  const NodeRecord& record = context.nodes.at(index);
  if (terms.stream == scenario::LogStream::events && !node.writes_events) {
    return judgement.skip(fmt::format("{} writes no event log", node.name));
  }
  const std::string pattern = scenario::fill_line_pattern(
      terms.matches, [&](std::string_view name) { return variable_of(name, context.run.plan, &node, nullptr); });
  RE2::Options options;
  options.set_log_errors(false);
  const RE2 expression(pattern, options);
  const std::string shown = fmt::format("'{}'", cut_to_width(escape_for_terminal(pattern), 60));
  if (!expression.ok()) {
    return judgement.doubt(fmt::format("{} is no regular expression: {}", shown, expression.error()));
  }
  Matches matches;
  for (const LogFile& file : files_of(node, record.exit, terms.stream)) search(context, file, expression, matches);
  if (matches.doubt.empty() && !record.ended) matches.doubt = fmt::format("nobody recorded how {} ended", node.name);
  const std::string seen =
      matches.count == 0 ? fmt::format("no line of {} matches {}", node.name, shown)
                         : fmt::format("{} of {} {} {} ({} line {}: {})", counted(matches.count, "line", "lines"),
                                       node.name, matches.count == 1 ? "matches" : "match", shown,
                                       matches.first.front().first, matches.first.front().second, matches.example);
  if (terms.at_most && matches.count > *terms.at_most) {
    judgement.fail(fmt::format("{}, allowed: {}", seen, *terms.at_most), "look at the line in the log");
  } else if (matches.count < terms.at_least) {
    judgement.absent(matches.doubt, fmt::format("{}, needed: {}", seen, terms.at_least),
                     "look at the whole log; it may say the same in other words");
  } else if (terms.at_most && !matches.doubt.empty()) {
    judgement.doubt("no verdict: " + matches.doubt);
  }
  for (const auto& [file, line] : matches.first) judgement.line(file, line);
  passed = seen;
}

}  // namespace

void check_log_line(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings) {
  const auto& terms = std::get<scenario::LogLineTerms>(check.terms);
  std::set<std::size_t> nodes;
  for (const ExchangeState& exchange : context.ledger.exchanges) {
    if (!context.concerns(check, exchange)) continue;
    nodes.insert(terms.of_server ? exchange.plan->server_node : exchange.plan->client_node);
  }
  for (const std::size_t node : nodes) {
    Judgement judgement(check, context.run.plan.nodes.at(node).name, "");
    std::string passed;
    judge(context, terms, node, judgement, passed);
    findings.push_back(std::move(judgement).finish(std::move(passed)));
  }
}

}  // namespace echolab::verify

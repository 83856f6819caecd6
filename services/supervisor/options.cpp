#include "services/supervisor/options.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>

#include "services/common/command_line.h"

namespace echo {

namespace {

constexpr const char* footer =
    "Examples:\n"
    "  supervisor serve --port 5000 --protocol udp -- python3 server.py\n"
    "  supervisor drive --line='hello' --line='again' -- ./client 198.18.0.2 5000\n"
    "  supervisor build --step 4 gcc -o server server.c\n\n"
    "Exit status: the program's own, or 128 + its signal; 10 a build step failed; 125 the supervisor itself failed;\n"
    "126 the program can't be executed; 127 it was not found; 2 usage.";

// Words that belong to somebody else's command line, or may hold anything, are taken out before CLI11 looks: it would
// read "[a]" as a list, and the options of a step as ours.
struct Words {
  std::vector<std::string> ours;
  std::vector<std::string> program;  // behind "--"
  std::vector<std::string> lines;
  std::vector<std::vector<std::string>> steps;
  std::string mistake;
};

std::optional<std::size_t> count_in(std::string_view text) {
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count == 0) return std::nullopt;
  return count;
}

Words sort_words(int argc, char** argv) {
  constexpr std::string_view line = "--line=";
  Words words;
  const std::vector<char*> all(argv + 1, argv + argc);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string_view word = all[i];
    if (word == "--") {
      words.program.assign(all.begin() + static_cast<std::ptrdiff_t>(i) + 1, all.end());
      break;
    }
    if (word.starts_with(line)) {
      words.lines.emplace_back(word.substr(line.size()));
      std::memset(all[i] + line.size(), 0, word.size() - line.size());
    } else if (word == "--step") {
      const auto count = i + 1 < all.size() ? count_in(all[i + 1]) : std::nullopt;
      if (!count || *count > all.size() - i - 2) {
        words.mistake = "--step: a number of words, and as many words, must follow";
        break;
      }
      const auto first = all.begin() + static_cast<std::ptrdiff_t>(i) + 2;
      words.steps.emplace_back(first, first + static_cast<std::ptrdiff_t>(*count));
      i += 1 + *count;
    } else {
      words.ours.emplace_back(word);
    }
  }
  return words;
}

void check_words(const CLI::App& app, const Words& words, bool runs_program, bool takes_lines, bool takes_steps) {
  if (!words.mistake.empty()) throw CLI::ValidationError(app.get_name(), words.mistake);
  if (runs_program == words.program.empty()) {
    throw CLI::ValidationError(
        app.get_name(), runs_program ? "the program to run must follow behind --" : "it takes no program, only --step");
  }
  if (!takes_lines && !words.lines.empty()) throw CLI::ValidationError(app.get_name(), "it takes no --line");
  if (!takes_steps && !words.steps.empty()) throw CLI::ValidationError(app.get_name(), "it takes no --step");
}

void add_place(CLI::App& app, Workplace& place) {
  app.add_option("--from", place.from, "Folder of the submission, which is only read")->capture_default_str();
  app.add_option("--work", place.work, "Writable folder that gets a copy and is the program's current one")
      ->capture_default_str();
}

}  // namespace

Options read_options(int argc, char** argv) {
  Words words = sort_words(argc, argv);
  ServeOptions serve;
  DriveOptions drive;
  BuildOptions build;

  CLI::App app("First process of a container: runs a program that nobody trusts, and tells how it fared.");
  app.name("supervisor");
  app.set_version_flag("--version", ECHOLAB_VERSION);
  app.require_subcommand(1);
  app.footer(footer);

  CLI::App* const serving = app.add_subcommand("serve", "Run a server: … -- PROGRAM [ARGUMENT…]");
  add_place(*serving, serve.place);
  serving->add_option("--port", serve.port, "It is ready when a socket is bound to this port")
      ->required()
      ->check(CLI::Range(1, 65535));
  serving->add_option("--protocol", serve.protocols, "udp, tcp, or both: then one of them makes it ready")
      ->transform(CLI::CheckedTransformer(std::vector<std::pair<std::string, Protocols>>{
          {"udp", Protocols::udp}, {"tcp", Protocols::tcp}, {"both", Protocols::both}}))
      ->default_str("both");
  serving->add_flag("--stay", serve.stay, "When the program has ended, stay until SIGINT or SIGTERM");
  add_duration(*serving, "--grace", serve.grace, "From SIGINT to SIGKILL");

  CLI::App* const driving = app.add_subcommand(
      "drive", "Run an interactive client and type what each --line=TEXT says: … -- PROGRAM [ARGUMENT…]");
  add_place(*driving, drive.place);
  add_duration(*driving, "--reply-timeout", drive.reply_timeout, "Type the next line after this time at the latest");
  add_duration(*driving, "--quiet", drive.quiet, "So long without output, and an answer is complete");
  add_duration(*driving, "--time", drive.time, "End the program after this time");
  driving->add_flag("--wait-for-start", drive.wait_for_start, "Hold until SIGUSR1");
  add_duration(*driving, "--start-delay", drive.start_delay, "Wait so long after the start");
  add_duration(*driving, "--grace", drive.grace, "From SIGINT to SIGKILL");

  CLI::App* const building = app.add_subcommand(
      "build", "Run each --step COUNT WORD…, then write the folder as a tar archive to standard output");
  add_place(*building, build.place);
  building->add_option("--output-limit", build.output_bytes, "Bytes that are kept of what the steps print")
      ->check(CLI::Range(1024, 1 << 30))
      ->capture_default_str();
  add_duration(*building, "--grace", build.grace, "From SIGINT to SIGKILL");

  try {
    std::reverse(words.ours.begin(), words.ours.end());  // CLI11 takes them from the end
    app.parse(std::move(words.ours));
    if (serving->parsed()) check_words(*serving, words, true, false, false);
    if (driving->parsed()) check_words(*driving, words, true, true, false);
    if (building->parsed()) check_words(*building, words, false, false, true);
  } catch (const CLI::ParseError& end) {
    return report_parse_end(app, end);
  }
  serve.program = drive.program = std::move(words.program);
  drive.lines = std::move(words.lines);
  build.steps = std::move(words.steps);
  if (serving->parsed()) return serve;
  if (driving->parsed()) return drive;
  return build;
}

}  // namespace echo

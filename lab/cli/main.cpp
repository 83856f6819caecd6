// The only place that prints errors and picks exit statuses (docs/architecture.md, "Errors").

#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>

#include "lab/base/diagnostic.h"
#include "lab/base/error.h"
#include "lab/base/json.h"
#include "lab/base/text.h"
#include "lab/cli/app.h"

namespace {

using namespace echolab;

// Every container of a lab holds a connection to the engine; the soft limit of 1,024 descriptors is a default for
// programs that use select(2).
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

cli::ExitCode report_mistakes(const InvalidInput& input, cli::Terminal& terminal) {
  if (terminal.json()) {
    nlohmann::ordered_json mistakes = nlohmann::ordered_json::array();
    for (const Diagnostic& d : input.diagnostics()) {
      mistakes.push_back(
          {{"line", d.where.line}, {"column", d.where.column}, {"message", d.message}, {"hint", d.hint}});
    }
    const nlohmann::ordered_json json{
        {"schema", "echolab.error/v1"}, {"kind", "invalid_input"}, {"file", input.file()}, {"mistakes", mistakes}};
    terminal.print(json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
  }
  const std::string text = render(input.file(), input.source(), input.diagnostics());
  std::fputs(text.c_str(), stderr);
  return cli::exit_usage;
}

cli::ExitCode report_environment(const EnvironmentError& error, cli::Terminal& terminal) {
  if (terminal.json()) {
    const nlohmann::ordered_json json{{"schema", "echolab.error/v1"},
                                      {"kind", "environment"},
                                      {"tried", error.tried()},
                                      {"cause", error.cause()},
                                      {"mend", error.mend()}};
    terminal.print(json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
  }
  std::string text = fmt::format("echolab: cannot {}\n  cause: {}\n", escape_for_terminal(error.tried()),
                                 escape_for_terminal(error.cause()));
  if (!error.mend().empty()) text += fmt::format("  mend:  {}\n", escape_for_terminal(error.mend()));
  std::fputs(text.c_str(), stderr);
  return cli::exit_environment;
}

}  // namespace

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  const cli::ParsedCall call = cli::parse_call(argc, argv);
  if (call.exit_status) return *call.exit_status;
  cli::Terminal terminal(call.output);
  try {
    return call.command(terminal);
  } catch (const InvalidInput& input) {
    return report_mistakes(input, terminal);
  } catch (const EnvironmentError& error) {
    return report_environment(error, terminal);
  } catch (const Interrupted&) {
    std::fputs("echolab: interrupted; everything that was started is removed\n", stderr);
    return cli::exit_interrupted;
  }
}

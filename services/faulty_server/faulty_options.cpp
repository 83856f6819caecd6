#include "services/faulty_server/faulty_options.h"

#include <set>

#include "services/common/command_line.h"

namespace echo {

std::variant<FaultyOptions, int> read_faulty_options(int argc, const char* const* argv) {
  FaultyOptions options;
  std::string protocol = "both";
  std::set<std::string> names;
  for (const auto& [name, fault] : fault_names()) names.insert(name);

  CLI::App app("An echo server with one planted fault, for demonstrations and tests.", "faulty-server");
  app.footer(
      "\nExamples:\n  faulty-server --fault alter --every 1\n  faulty-server --fault delay --delay 3s --port 6000\n");
  app.set_version_flag("--version", "faulty-server " ECHOLAB_VERSION);
  app.add_option("--fault", options.fault_name, "what goes wrong")->required()->check(CLI::IsMember(names));
  app.add_option("--every", options.every, "every so many-th message is hit (default 3)")->check(CLI::PositiveNumber);
  add_duration(app, "--delay", options.delay, "for --fault delay (default 3s)");
  app.add_option("--protocol", protocol, "udp, tcp or both (default)")->check(CLI::IsMember({"udp", "tcp", "both"}));
  app.add_option("--port", options.port, "port, 0 lets the system choose (default 5000)");
  app.add_option("--stop-file", options.stop_file, "end when this file appears");
  app.add_option("--events", options.events, "event lines into FILE, or to standard error with -");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& end) {
    return report_parse_end(app, end);
  }
  options.fault = fault_names().at(options.fault_name);
  options.udp = protocol != "tcp";
  options.tcp = protocol != "udp";
  return options;
}

}  // namespace echo

#include "services/echo_server/server_options.h"

#include "services/common/command_line.h"
#include "services/common/resolve.h"

namespace echo {

namespace {

constexpr const char* examples =
    "\nExamples:\n"
    "  echo-server                                  UDP and TCP on port 5000, IPv4 and IPv6\n"
    "  echo-server --protocol udp --port 6000\n"
    "  echo-server --address 198.18.0.2 --events -  event lines on standard error\n";

std::vector<Endpoint> addresses_from(const std::vector<std::string>& texts, const std::string& family,
                                     std::uint16_t port) {
  std::vector<std::string> wanted = texts;
  if (wanted.empty() && family != "ipv6") wanted.emplace_back("0.0.0.0");
  if (wanted.empty() || (texts.empty() && family == "dual")) wanted.emplace_back("::");
  std::vector<Endpoint> addresses;
  for (const std::string& text : wanted) {
    const auto endpoint = parse_address(text, port);
    if (!endpoint) throw CLI::ValidationError("--address", "'" + text + "' is no IPv4 or IPv6 address");
    if (family != "dual" && family != endpoint->family_name()) {
      throw CLI::ValidationError("--address", text + " does not belong to --family " + family);
    }
    addresses.push_back(*endpoint);
  }
  return addresses;
}

}  // namespace

std::variant<ServerOptions, int> read_server_options(int argc, const char* const* argv) {
  ServerOptions options;
  std::string protocol = "both", family = "dual";
  std::vector<std::string> addresses;
  std::uint16_t port = 5000;

  CLI::App app("Sends every datagram and every byte of a TCP stream back to where it came from.", "echo-server");
  app.footer(examples);
  app.set_version_flag("--version", "echo-server " ECHOLAB_VERSION);
  app.add_option("--protocol", protocol, "udp, tcp or both (default)")->check(CLI::IsMember({"udp", "tcp", "both"}));
  app.add_option("--family", family, "ipv4, ipv6 or dual (default)")->check(CLI::IsMember({"ipv4", "ipv6", "dual"}));
  app.add_option("--address", addresses, "address to bind, may be repeated (default 0.0.0.0 and ::)");
  app.add_option("--port", port, "port, 0 lets the system choose (default 5000)");
  app.add_option("--events", options.events, "event lines into FILE, or to standard error with -");
  app.add_flag("--quiet", options.quiet, "no line per datagram, connection or chunk");
  app.add_option("--threads", options.threads, "threads that serve, 1 to 64 (default 1)")->check(CLI::Range(1U, 64U));
  app.add_option("--stop-file", options.stop_file, "end when this file appears");
  try {
    app.parse(argc, argv);
    options.addresses = addresses_from(addresses, family, port);
  } catch (const CLI::ParseError& end) {
    return report_parse_end(app, end);
  }
  options.udp = protocol != "tcp";
  options.tcp = protocol != "udp";
  options.ipv6_is_optional = addresses.empty() && family == "dual";
  return options;
}

}  // namespace echo

#include "services/echo_client/client_options.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <vector>

#include "services/common/command_line.h"
#include "services/common/resolve.h"

namespace echo {

namespace {

constexpr const char* examples =
    "\nExamples:\n"
    "  echo-client 198.18.0.2 5000                               prompts, one line a message\n"
    "  echo-client server 5000 --message 'hello {message}' --count 3\n"
    "  echo-client server 5000 --protocol tcp --size 1048576 --chunk 1000 --half-close\n"
    "  echo-client server 5000 --size 0,1,1472 --clients 20 --window 8 --quiet\n";

constexpr std::uint64_t max_udp_payload = 65'507;  // IPv4: 65,535 less 20 bytes IP and 8 bytes UDP header
constexpr std::uint64_t max_tcp_message = std::uint64_t{1} << 30;
constexpr std::uintmax_t max_message_file = std::uintmax_t{16} << 20;

std::string read_message_file(const std::string& name) {
  std::error_code error;
  if (std::filesystem::file_size(name, error) > max_message_file || error) {
    throw CLI::ValidationError("--message-file", "'" + name + "' can't be read or is larger than 16 MiB");
  }
  std::ifstream file(name, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file) throw CLI::ValidationError("--message-file", "'" + name + "' can't be read");
  return content;
}

struct RawPayload {
  std::vector<std::string> messages;
  std::vector<std::uint64_t> sizes;
  std::string file, fill = "random";
  std::uint64_t seed = 1;
};

Payload payload_from(const RawPayload& raw) {
  if (!raw.messages.empty()) return Payload::text(raw.messages);
  if (!raw.file.empty()) return Payload::fixed(read_message_file(raw.file));
  const std::map<std::string, Fill> fills{{"zero", Fill::zero}, {"pattern", Fill::pattern}, {"random", Fill::random}};
  return Payload::bytes(raw.sizes, fills.at(raw.fill), raw.seed);
}

void check(const ClientOptions& options) {
  const std::uint64_t limit = options.tcp ? max_tcp_message : max_udp_payload;
  for (std::uint64_t message = 1; message <= options.payload.cycle(); ++message) {
    if (options.payload.size(options.clients, message) > limit) {
      throw CLI::ValidationError(
          "message", "message " + std::to_string(message) + " is longer than " + std::to_string(limit) + " bytes");
    }
  }
  if (options.bind_port != 0 && options.bind_port + options.clients - 1 > 65'535) {
    throw CLI::ValidationError("--bind-port", "the last client's port would be above 65535");
  }
  if (options.tcp && options.retries > 0) throw CLI::ValidationError("--retries", "is for UDP: TCP repeats by itself");
  if (!options.tcp && (options.half_close || options.chunk > 0)) {
    throw CLI::ValidationError(options.half_close ? "--half-close" : "--chunk", "is for --protocol tcp");
  }
}

}  // namespace

std::variant<ClientOptions, int> read_client_options(int argc, const char* const* argv) {
  ClientOptions options;
  RawPayload raw;
  std::string protocol = "udp", family = "any", bind_address;
  double rate = 0;

  CLI::App app("Sends messages to an echo server and tells what came back. Without messages it prompts for lines.",
               "echo-client");
  app.footer(examples);
  app.set_version_flag("--version", "echo-client " ECHOLAB_VERSION);
  app.add_option("server", options.server, "name or address")->required();
  app.add_option("port", options.port, "port")->required()->check(CLI::Range(1, 65'535));
  app.add_option("--protocol", protocol, "udp (default) or tcp")->check(CLI::IsMember({"udp", "tcp"}));
  app.add_option("--family", family, "which address of the server: ipv4, ipv6 or any (default)")
      ->check(CLI::IsMember({"ipv4", "ipv6", "any"}));
  app.add_option("--bind-address", bind_address, "local address");
  app.add_option("--bind-port", options.bind_port, "local port of the first client, the next has the next");

  auto* message = app.add_option("--message", raw.messages, "text, may be repeated; {message} and {client} are numbers")
                      ->expected(1)
                      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  auto* file = app.add_option("--message-file", raw.file, "every message is the content of FILE");
  auto* size = app.add_option("--size", raw.sizes, "bytes per message, several with commas")->delimiter(',');
  message->excludes(file)->excludes(size);
  file->excludes(size);
  app.add_option("--fill", raw.fill, "zero, pattern or random (default)")
      ->check(CLI::IsMember({"zero", "pattern", "random"}))
      ->needs(size);
  app.add_option("--seed", raw.seed, "seed of random bytes (default 1)")->needs(size);
  auto* count = app.add_option("--count", options.count, "messages per client (default: each text or size once)");
  auto* interval = add_duration(app, "--interval", options.interval, "time between sends of one client");
  app.add_option("--rate", rate, "messages per second and client")->check(CLI::PositiveNumber)->excludes(interval);
  app.add_option("--window", options.window, "requests in flight per client (default 1)")->check(CLI::PositiveNumber);
  add_duration(app, "--timeout", options.timeout, "how long an echo may take (default 2s)");
  app.add_option("--retries", options.retries, "UDP: repeats of a message without echo (default 0)");
  app.add_option("--chunk", options.chunk, "TCP: at most so many bytes per write");
  app.add_option("--clients", options.clients, "clients in this process (default 1)")->check(CLI::Range(1, 60'000));
  add_duration(app, "--connect-deadline", options.connect_deadline,
               "how long to look for the server and to repeat connection attempts (default 5s)");
  app.add_flag("--half-close", options.half_close, "TCP: end our stream after the last message, read to the end");
  app.add_flag("--wait-for-start", options.wait_for_start, "hold when ready until SIGUSR1");
  app.add_option("--start-file", options.start_file, "hold when ready until this file appears");
  add_duration(app, "--start-delay", options.start_delay, "wait after the start");
  app.add_option("--events", options.events, "event lines into FILE, or to standard error with -");
  app.add_flag("--quiet", options.quiet, "only the totals");
  try {
    app.parse(argc, argv);
    options.tcp = protocol == "tcp";
    if (family != "any") options.family = family == "ipv6" ? Endpoint::Family::ipv6 : Endpoint::Family::ipv4;
    if (!bind_address.empty()) {
      options.bind_address = parse_address(bind_address, 0);
      if (!options.bind_address) throw CLI::ValidationError("--bind-address", "'" + bind_address + "' is no address");
      options.family = options.bind_address->family;
    }
    if (rate > 0) options.interval = std::chrono::nanoseconds(static_cast<std::int64_t>(1e9 / rate));
    options.interactive = raw.messages.empty() && raw.file.empty() && raw.sizes.empty();
    if (!options.interactive) {
      options.payload = payload_from(raw);
      if (count->empty()) options.count = options.payload.cycle();
    }
    check(options);
  } catch (const CLI::ParseError& end) {
    return report_parse_end(app, end);
  }
  return options;
}

}  // namespace echo

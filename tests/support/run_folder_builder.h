#pragma once
// Run folders made by hand: a plan, what each program logged, how it ended, and the capture.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "lab/artifacts/run_folder.h"
#include "tests/support/wire_builder.h"

namespace echolab::test {

// One server, 198.18.0.2:5000 (or fd00::2), and clients from 198.18.0.3 on. Client i of the plan (from 0) sends from
// port 40000 + i. Everything may be changed before write().
class RunFolderBuilder {
 public:
  RunFolderBuilder();  // makes a temporary folder
  RunFolderBuilder(const RunFolderBuilder&) = delete;
  ~RunFolderBuilder();  // removes it

  // A container with one client that sends these texts. Returns the number of its exchange.
  std::size_t add_client(std::vector<std::string> messages, Transport protocol = Transport::udp,
                         Family family = Family::ipv4);
  // A further client in the container of an exchange.
  std::size_t add_client_beside(std::size_t exchange);

  plan::Exchange& exchange(std::size_t index) { return run.plan.exchanges[index]; }
  Endpoint client(std::size_t index) const;
  Endpoint server(std::size_t index = 0) const { return run.plan.exchanges[index].server; }
  std::string payload(std::size_t exchange, std::uint32_t message) const;

  // The wire: a request, its echo, or both with 200 µs between. Each returns the packet number.
  std::uint64_t request(std::size_t exchange, std::uint32_t message);
  std::uint64_t echo(std::size_t exchange, std::uint32_t message);
  std::uint64_t reply(std::size_t exchange, std::string_view bytes);
  void exchange_all(std::size_t exchange);

  // The logs, as honest programs write them. `totals` ends each log unless it is switched off.
  void log_bind(std::size_t exchange);
  void log_sent(std::size_t exchange, std::uint32_t message);
  void log_received(std::size_t exchange, std::uint32_t message, std::string_view status = "echo");
  void log_server(std::string_view event, std::size_t exchange, std::string_view bytes);
  void log_message(std::size_t exchange, std::uint32_t message);  // all four lines of an echoed message
  void log_line(const std::string& node, const std::string& rest);
  std::string client_node(std::size_t exchange) const;

  // Request, echo and log lines of every message of every exchange.
  void all_correct();

  // Makes the files; verdicts are computed from what is on disk.
  const artifacts::RunFolder& write();

  // Standard output or standard error of a node; empty otherwise.
  void set_stream(const std::string& node, const std::string& stream, std::string text);

  WireBuilder wire;
  artifacts::RunFolder run;
  bool logs_totals = true;
  bool writes_capture = true;
  std::vector<std::pair<std::string, artifacts::NodeExit>> exits;  // others end with 0

 private:
  std::vector<std::pair<std::string, std::string>> logs_;     // node → lines
  std::vector<std::pair<std::string, std::string>> streams_;  // file below nodes/ → text
};

}  // namespace echolab::test

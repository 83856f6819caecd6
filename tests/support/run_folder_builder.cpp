#include "tests/support/run_folder_builder.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <xxhash.h>

#include <algorithm>
#include <stdexcept>

#include "lab/artifacts/records.h"

namespace echolab::test {

namespace {

std::string hash_of(std::string_view bytes) {
  return fmt::format("{:016x}", static_cast<std::uint64_t>(XXH3_64bits(bytes.data(), bytes.size())));
}

}  // namespace

RunFolderBuilder::RunFolderBuilder() {
  std::string name = (std::filesystem::temp_directory_path() / "echolab-run-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp " + name);
  run.folder = name;
  run.finished = true;
  plan::Plan& plan = run.plan;
  plan.run_id = "20261122T221530Z-7f3a91";
  plan.networks.resize(1);
  plan.networks[0].name = "lab";
  plan.networks[0].subnet4 = Prefix::parse("198.18.0.0/24");
  plan.networks[0].subnet6 = Prefix::parse("fd00::/64");
  plan.captures.resize(1);
  plan::Node server;
  server.name = "server";
  server.address4 = IpAddress::parse("198.18.0.2");
  server.address6 = IpAddress::parse("fd00::2");
  plan.nodes.push_back(server);
  const auto check = [&](const char* id, scenario::CheckKind kind) { plan.checks.push_back({id, kind, 1, 1}); };
  check("echoes_match", scenario::CheckKind::echoes_match);
  check("nothing_else_echoed", scenario::CheckKind::nothing_else_echoed);
  check("own_port", scenario::CheckKind::own_port);
  check("counts", scenario::CheckKind::counts);
  run.engine.engine = "test";
  run.engine.finished = true;
  artifacts::CaptureRecord capture;
  capture.network = "lab";
  capture.file = "captures/lab.pcap";
  capture.complete = true;
  run.engine.captures.push_back(capture);
}

RunFolderBuilder::~RunFolderBuilder() {
  std::error_code error;
  std::filesystem::remove_all(run.folder, error);
}

std::size_t RunFolderBuilder::add_client(std::vector<std::string> messages, Transport protocol, Family family) {
  plan::Plan& plan = run.plan;
  plan::Node node;
  node.role = plan::Role::client;
  node.name = fmt::format("client-{}", plan.nodes.size());
  node.address4 = IpAddress::parse("198.18.0.2")->plus(plan.nodes.size());
  node.address6 = IpAddress::parse("fd00::2")->plus(plan.nodes.size());
  plan.nodes.push_back(node);
  plan::Exchange exchange;
  exchange.client_node = plan.nodes.size() - 1;
  exchange.protocol = protocol;
  const bool v4 = family == Family::ipv4;
  exchange.server = {v4 ? *plan.nodes[0].address4 : *plan.nodes[0].address6, Port{5000}};
  exchange.client_address = v4 ? *node.address4 : *node.address6;
  exchange.messages = static_cast<std::uint32_t>(messages.size());
  exchange.payload = plan::TextPayload{std::move(messages)};
  exchange.timeout = std::chrono::seconds(2);
  plan.exchanges.push_back(std::move(exchange));
  return plan.exchanges.size() - 1;
}

std::size_t RunFolderBuilder::add_client_beside(std::size_t index) {
  plan::Exchange exchange = run.plan.exchanges[index];
  ++exchange.client;
  run.plan.exchanges.push_back(std::move(exchange));
  return run.plan.exchanges.size() - 1;
}

Endpoint RunFolderBuilder::client(std::size_t index) const {
  return {run.plan.exchanges[index].client_address, Port{static_cast<std::uint16_t>(40000 + index)}};
}

std::string RunFolderBuilder::payload(std::size_t index, std::uint32_t message) const {
  const plan::Exchange& exchange = run.plan.exchanges[index];
  return plan::payload_of(exchange.payload, exchange.client, message);
}

std::uint64_t RunFolderBuilder::request(std::size_t index, std::uint32_t message) {
  wire.advance_us(100);
  return wire.udp(client(index), server(index), payload(index, message));
}

std::uint64_t RunFolderBuilder::echo(std::size_t index, std::uint32_t message) {
  return reply(index, payload(index, message));
}

std::uint64_t RunFolderBuilder::reply(std::size_t index, std::string_view bytes) {
  wire.advance_us(200);
  return wire.udp(server(index), client(index), bytes);
}

void RunFolderBuilder::exchange_all(std::size_t index) {
  for (std::uint32_t m = 1; m <= run.plan.exchanges[index].messages; ++m) {
    request(index, m);
    echo(index, m);
  }
}

std::string RunFolderBuilder::client_node(std::size_t index) const {
  return run.plan.nodes[run.plan.exchanges[index].client_node].name;
}

void RunFolderBuilder::log_line(const std::string& node, const std::string& rest) {
  auto at = std::find_if(logs_.begin(), logs_.end(), [&](const auto& log) { return log.first == node; });
  if (at == logs_.end()) at = logs_.insert(logs_.end(), {node, ""});
  at->second += fmt::format("{{\"v\":1,\"mono_ns\":1,\"wall_ns\":2,{}}}\n", rest);
}

void RunFolderBuilder::set_stream(const std::string& node, const std::string& stream, std::string text) {
  streams_.emplace_back(node + "/" + stream, std::move(text));
}

void RunFolderBuilder::log_bind(std::size_t index) {
  log_line(client_node(index), fmt::format(R"("event":"bind","client":{},"local":"{}")",
                                           run.plan.exchanges[index].client, client(index).to_string()));
}

void RunFolderBuilder::log_sent(std::size_t index, std::uint32_t message) {
  log_line(client_node(index),
           fmt::format(R"("event":"send","client":{},"message":{},"attempt":1,"hash":"{}")",
                       run.plan.exchanges[index].client, message, hash_of(payload(index, message))));
}

void RunFolderBuilder::log_received(std::size_t index, std::uint32_t message, std::string_view status) {
  log_line(client_node(index),
           fmt::format(R"("event":"recv","client":{},"message":{},"status":"{}","hash":"{}")",
                       run.plan.exchanges[index].client, message, status, hash_of(payload(index, message))));
}

void RunFolderBuilder::log_server(std::string_view event, std::size_t index, std::string_view bytes) {
  log_line("server",
           fmt::format(R"("event":"{}","proto":"{}","local":"0.0.0.0:5000","remote":"{}","length":{},"hash":"{}")",
                       event, to_string(run.plan.exchanges[index].protocol), client(index).to_string(), bytes.size(),
                       hash_of(bytes)));
}

void RunFolderBuilder::log_message(std::size_t index, std::uint32_t message) {
  log_sent(index, message);
  log_server("recv", index, payload(index, message));
  log_server("send", index, payload(index, message));
  log_received(index, message);
}

void RunFolderBuilder::all_correct() {
  for (std::size_t i = 0; i < run.plan.exchanges.size(); ++i) {
    log_bind(i);
    exchange_all(i);
    for (std::uint32_t m = 1; m <= run.plan.exchanges[i].messages; ++m) log_message(i, m);
  }
}

const artifacts::RunFolder& RunFolderBuilder::write() {
  const auto put = [&](const std::filesystem::path& file, std::string_view content) {
    std::filesystem::create_directories((run.folder / file).parent_path());
    const UniqueFd fd = create_file(run.folder / file);
    write_all(fd.get(), content, file);
  };
  if (writes_capture) put("captures/lab.pcap", wire.file());
  for (const plan::Node& node : run.plan.nodes) {
    const std::filesystem::path folder = std::filesystem::path("nodes") / node.name;
    if (node.writes_events) {
      const auto at = std::find_if(logs_.begin(), logs_.end(), [&](const auto& log) { return log.first == node.name; });
      std::string log = at == logs_.end() ? "" : at->second;
      if (logs_totals) log += "{\"v\":1,\"event\":\"totals\",\"events_dropped\":0}\n";
      put(folder / "events.jsonl", log);
    }
    for (const char* stream : {"stdout", "stderr"}) put(folder / stream, "");
    artifacts::NodeExit exit;
    exit.exit_code = 0;
    for (const auto& [name, other] : exits) {
      if (name == node.name) exit = other;
    }
    put(folder / "exit.json", artifacts::to_json(exit));
  }
  for (const auto& [file, text] : streams_) put(std::filesystem::path("nodes") / file, text);
  return run;
}

}  // namespace echolab::test

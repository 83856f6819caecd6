#include "lab/engine/compose/compose_engine.h"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <map>

#include "lab/base/error.h"
#include "lab/base/json.h"
#include "lab/engine/compose/discovery.h"
#include "lab/engine/compose/evidence_folder.h"
#include "lab/engine/compose/evidence_watch.h"
#include "lab/engine/compose/node_log.h"

namespace echolab::engine {

namespace {

constexpr auto tick_interval = std::chrono::milliseconds(100);
constexpr std::uint64_t most_log_bytes = 512u << 20;  // per stream; the run folder's own caps are lower
constexpr std::uint64_t most_agent_bytes = 1u << 20;  // the capture agent writes a dozen lines

constexpr const char* start_with_compose = "start the lab with: docker compose up --build --exit-code-from lab";

// Fields of an event; a field that is absent or of another type counts as empty.
std::string text_of(const nlohmann::json& event, const char* key) {
  const auto field = event.find(key);
  return field != event.end() && field->is_string() ? field->get<std::string>() : std::string();
}
std::uint64_t number_of(const nlohmann::json& event, const char* key) {
  const auto field = event.find(key);
  return field != event.end() && field->is_number_unsigned() ? field->get<std::uint64_t>() : 0;
}

// The last event of that name in the capture agent's log; null when there is none.
nlohmann::json last_event(const EvidenceFolder& folder, std::string_view name) {
  const std::string log = folder.read("events.jsonl", most_agent_bytes).value_or("");
  nlohmann::json found;
  for (std::size_t begin = 0; begin < log.size();) {
    const std::size_t end = std::min(log.find('\n', begin), log.size());
    nlohmann::json event = nlohmann::json::parse(log.begin() + static_cast<std::ptrdiff_t>(begin),
                                                 log.begin() + static_cast<std::ptrdiff_t>(end), nullptr, false);
    if (event.is_object() && text_of(event, "event") == name) found = std::move(event);
    begin = end + 1;
  }
  return found;
}

std::string host_description() {
  utsname host{};
  return ::uname(&host) == 0 ? fmt::format("Linux {} {}", host.release, host.machine) : "Linux";
}

// Makes a file appear; whoever waits for it only looks at its name.
void raise_flag(const std::filesystem::path& file) {
  create_file(file);
}

// One attended run: what is watched, and what is known of each node so far.
class AttendedRun {
 public:
  AttendedRun(const ComposeOptions& options, const RunContext& context) : options_(options), context_(context) {
    for (std::size_t i = 0; i < context.plan.nodes.size(); ++i) {
      const plan::Node& node = context.plan.nodes[i];
      if (node.role == plan::Role::server)
        server_ = i;
      else
        by_address_.emplace(*node.address4, i);
    }
    for (const plan::Exchange& exchange : context.plan.exchanges) messages_ += exchange.messages;
  }

  artifacts::EngineRecord run() {
    record_.engine = "compose";
    record_.version = "attended";
    record_.host = host_description();
    wait_until_ready();
    step("releasing the clients");
    raise_flag(options_.evidence / "start");
    wait_for_clients();
    step("ending server and capture");
    raise_flag(options_.evidence / "stop");
    wait_for_attendants();
    step("gathering logs and capture");
    gather_nodes();
    gather_capture();
    record_.finished = true;
    return record_;
  }

 private:
  std::filesystem::path folder_of(const char* name) const { return options_.evidence / name; }

  void step(std::string_view what) {
    context_.observer.step(what);
    context_.folder.log_step(what);
  }

  // Looks at the evidence, then waits for changes, until done() or the deadline; false when that came first.
  template <class Done>
  bool wait_until(Nanoseconds limit, Done done) {
    const Deadline deadline = Deadline::in(limit);
    for (bool changed = true;;) {
      if (changed) {
        look();
        if (done()) return true;
      }
      if (deadline.passed()) return false;
      changed = watch_.wait(Deadline(std::min(deadline.at(), Deadline::in(tick_interval).at())), context_.interrupt);
      context_.observer.tick();
    }
  }

  // Reads on in every node's log, after watching its folder, so that no change falls between.
  void look() {
    watch_.watch(options_.evidence);
    watch_.watch(folder_of("clients"));
    for (const char* name : {"server", "capture"}) watch_.watch(folder_of(name));
    server_log_.read_on();
    capture_log_.read_on();
    for (const std::string& host : folders_in(folder_of("clients"))) {
      const std::filesystem::path folder = folder_of("clients") / host;
      watch_.watch(folder);
      NodeLog& log = client_logs_.try_emplace(host, folder).first->second;
      log.read_on();
      if (log.address() && by_address_.contains(*log.address())) found_[by_address_.at(*log.address())] = &log;
    }
  }

  template <class Condition>
  std::size_t count_clients(Condition condition) const {
    return static_cast<std::size_t>(std::count_if(found_.begin(), found_.end(), condition));
  }

  void wait_until_ready() {
    const std::size_t clients = by_address_.size();
    step(fmt::format("waiting for {} clients", clients));
    // A node that ended already will never be ready; it goes into the record, and the others have their run.
    const auto settled = [](const NodeLog& log) { return log.ready() || log.ended(); };
    const bool in_time = wait_until(context_.plan.limits.ready, [&] {
      const std::size_t ready = count_clients([&](const auto& each) { return settled(*each.second); });
      context_.observer.nodes_ready(ready + (settled(server_log_) ? 1 : 0), clients + 1);
      return ready == clients && settled(server_log_) && (context_.plan.captures.empty() || settled(capture_log_));
    });
    if (in_time) return;
    throw EnvironmentError(
        "wait until server, capture and clients are ready",
        fmt::format("{} of {} clients{}{} within {}",
                    count_clients([&](const auto& each) { return settled(*each.second); }), clients,
                    settled(server_log_) ? ", the server" : "", settled(capture_log_) ? ", the capture" : "",
                    format_duration(context_.plan.limits.ready)),
        "look at what the services printed: docker compose logs");
  }

  void wait_for_clients() {
    step("clients are sending");
    const bool in_time = wait_until(context_.plan.limits.run, [&] {
      std::uint64_t echoed = 0;
      for (const auto& [node, log] : found_) echoed += log->echoed();
      context_.observer.echoed(echoed, messages_);
      const std::size_t ended = count_clients([](const auto& each) { return each.second->ended(); });
      context_.observer.nodes_finished(ended, by_address_.size());
      return ended == by_address_.size();
    });
    if (!in_time) {
      record_.problems.push_back(fmt::format("not every client ended within {}; what they wrote until then is judged",
                                             format_duration(context_.plan.limits.run)));
    }
  }

  void wait_for_attendants() {
    const bool wants_capture = !context_.plan.captures.empty();
    const bool in_time = wait_until(context_.plan.limits.stop,
                                    [&] { return server_log_.ended() && (!wants_capture || capture_log_.ended()); });
    if (!in_time) {
      record_.problems.push_back(fmt::format("{} did not end within {} after the stop signal",
                                             server_log_.ended() ? "the capture" : "the server",
                                             format_duration(context_.plan.limits.stop)));
    }
  }

  void gather_nodes() {
    gather(context_.plan.nodes.at(server_).name, server_log_);
    for (const auto& [node, log] : found_) gather(context_.plan.nodes.at(node).name, *log);
    for (const auto& [host, log] : client_logs_) {
      const bool planned =
          std::any_of(found_.begin(), found_.end(), [&](const auto& each) { return each.second == &log; });
      if (!planned) record_.problems.push_back("container " + host + " wrote evidence but is no client of this lab");
    }
  }

  void gather(const std::string& node, const NodeLog& log) {
    artifacts::NodeWriter& writer = context_.folder.node(node, true);
    if (const auto folder = EvidenceFolder::open(log.path())) {
      folder->copy("stdout", most_log_bytes, [&](std::string_view bytes) { writer.write_stdout(bytes); });
      // The writer splits events from text by their line beginnings, so a cut last line needs its end.
      char last = '\n';
      folder->copy("events.jsonl", most_log_bytes, [&](std::string_view bytes) {
        writer.write_stderr(bytes);
        if (!bytes.empty()) last = bytes.back();
      });
      if (last != '\n') writer.write_stderr("\n");
      folder->copy("stderr", most_log_bytes, [&](std::string_view bytes) { writer.write_stderr(bytes); });
    }
    // Compose ends what still runs when the lab is over.
    writer.write_exit({.exit_code = log.exit_code(),
                       .killed_by_us = log.address().has_value() && !log.ended(),
                       .error = log.address() ? "" : "it left no trace in the evidence"});
  }

  void gather_capture() {
    if (context_.plan.captures.empty()) return;
    const plan::Capture& planned = context_.plan.captures.front();
    const std::string network = context_.plan.networks.at(planned.network).name;
    artifacts::CaptureRecord capture;
    capture.network = network;
    capture.file = "captures/" + network + ".pcap";
    const UniqueFd file = context_.folder.create_raw_capture(network);
    const auto folder = EvidenceFolder::open(capture_log_.path());
    if (!folder) {
      capture.reasons.push_back("the capture agent wrote nothing");
    } else {
      const auto copied = folder->copy("lab.pcap", planned.limit_bytes,
                                       [&](std::string_view bytes) { write_all(file.get(), bytes, capture.file); });
      if (copied == EvidenceFolder::Copied::absent) capture.reasons.push_back("the capture agent left no capture file");
      if (copied == EvidenceFolder::Copied::cut) capture.reasons.push_back("the capture is larger than its limit");
      take_counts(*folder, capture);
    }
    record_.captures.push_back(std::move(capture));
  }

  // Complete is only what the agent itself calls complete.
  static void take_counts(const EvidenceFolder& folder, artifacts::CaptureRecord& capture) {
    if (const auto counters = last_event(folder, "counters"); counters.is_object()) {
      capture.captured = number_of(counters, "captured");
      capture.received = number_of(counters, "received");
      capture.dropped = number_of(counters, "dropped");
    }
    const auto totals = last_event(folder, "totals");
    if (!totals.is_object()) {
      capture.reasons.push_back("the capture agent did not reach its end");
      return;
    }
    capture.packets = number_of(totals, "packets");
    if (const auto reasons = totals.find("reasons"); reasons != totals.end() && reasons->is_array()) {
      for (const auto& reason : *reasons) {
        if (reason.is_string()) capture.reasons.push_back(reason.get<std::string>());
      }
    }
    const auto complete = totals.find("complete");
    capture.complete = complete != totals.end() && *complete == true && capture.reasons.empty();
  }

  const ComposeOptions& options_;
  const RunContext& context_;
  artifacts::EngineRecord record_;
  EvidenceWatch watch_;
  NodeLog server_log_{folder_of("server")}, capture_log_{folder_of("capture")};
  std::map<std::string, NodeLog> client_logs_;   // by host name; addresses of its elements stay
  std::map<std::size_t, NodeLog*> found_;        // plan node → its log
  std::map<IpAddress, std::size_t> by_address_;  // client's address → plan node
  std::size_t server_ = 0;
  std::uint64_t messages_ = 0;
};

class ComposeEngine final : public Engine {
 public:
  explicit ComposeEngine(ComposeOptions options) : options_(std::move(options)) {}

  std::string_view name() const override { return "compose"; }
  Capabilities capabilities() const override { return {.capture = true}; }

  std::vector<ReadinessItem> check_ready() override {
    const bool writable = ::access(options_.evidence.c_str(), R_OK | W_OK | X_OK) == 0;
    const std::string cause = writable ? "" : ": " + errno_text(errno);
    return {{.state = writable ? ReadinessItem::State::good : ReadinessItem::State::broken,
             .what = "evidence volume",
             .found = options_.evidence.string() + cause,
             .mend = writable ? "" : start_with_compose}};
  }

  std::vector<Prefix> occupied_prefixes() override { return {}; }

  plan::Plan plan(const scenario::Scenario& scenario, const plan::PlanInputs& inputs) override {
    Discovered found;
    const auto servers = resolve_service(options_.server);
    if (servers.size() != 1) {
      throw EnvironmentError("find the server", fmt::format("{} names {} containers", options_.server, servers.size()),
                             "run one server: docker compose up --scale " + options_.server + "=1");
    }
    found.server = servers.front();
    found.clients = resolve_service(options_.clients);
    found.subnet = local_subnet_of(found.server);
    // The capture was on before any client started, so its begin sentinel is in the agent's log by now.
    if (const auto folder = EvidenceFolder::open(options_.evidence / "capture")) {
      if (const auto sentinel = last_event(*folder, "sentinel"); sentinel.is_object()) {
        found.nonce = text_of(sentinel, "nonce");
      }
    }
    return plan_for(scenario, inputs, found);
  }

  artifacts::EngineRecord run(const RunContext& context) override { return AttendedRun(options_, context).run(); }

  // What compose created, compose removes.
  CleanupSummary remove_leftovers(CleanupScope) override { return {}; }

 private:
  ComposeOptions options_;
};

}  // namespace

std::unique_ptr<Engine> make_compose_engine(ComposeOptions options) {
  return std::make_unique<ComposeEngine>(std::move(options));
}

}  // namespace echolab::engine

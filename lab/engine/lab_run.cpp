#include "lab/engine/lab_run.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <memory>

#include "lab/base/error.h"
#include "lab/base/text.h"

namespace echolab::engine {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t shown_lines = 5;
constexpr auto capture_start_limit = 30s;  // start of the agent, and the 10 s that it gives tcpdump
constexpr auto capture_end_limit = 25s;    // the agent's own limits sum up to 15 s
constexpr auto kill_limit = 10s;           // from SIGKILL to a known exit
constexpr auto prepare_limit = 90s;
constexpr std::ptrdiff_t signals_at_once = 8;  // more only wait in the engine, and in our memory

}  // namespace

LabRun::LabRun(const RunContext& context, artifacts::EngineRecord record)
    : context_(context),
      plan_(context.plan),
      record_(std::move(record)),
      ready_deadline_(Deadline::in(context.plan.limits.ready)) {
  for (const auto& exchange : plan_.exchanges) expected_echoes_ += exchange.messages;
}

void LabRun::add_node(NodeRun& node) {
  nodes_.push_back(&node);
  if (node.node().role == plan::Role::client) ++clients_;
}

void LabRun::end() noexcept {
  try {
    gather();
  } catch (...) {
    // The folder may be what failed; the objects still have to go.
  }
  try {
    tear_down_once();
  } catch (...) {
    // The engine finds them at the next clean-up.
  }
}

artifacts::EngineRecord LabRun::run() {
  bring_up();
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (plan_.nodes[i].together || plan_.nodes[i].role == plan::Role::server) continue;
    early_.emplace(nodes_[i], std::vector<NodeRun*>());
  }
  for (const auto& exchange : plan_.exchanges) {
    const auto client = early_.find(nodes_[exchange.client_node]);
    if (client != early_.end()) client->second.push_back(nodes_[exchange.server_node]);
  }
  if (wait_until_ready()) {
    release();
    wait_for_clients();
    record_.finished = true;
  }
  finish_captures();
  stop_servers();
  gather();
  tear_down_once();
  context_.folder.write_engine(record_);
  return record_;
}

// Nothing may be on a network before its capture listens.
void LabRun::await_captures() {
  if (captures_.empty()) return;
  step("waiting for the capture");
  drive(
      [this] {
        return std::all_of(captures_.begin(), captures_.end(),
                           [](const CaptureRun* capture) { return capture->listening() || capture->ended(); });
      },
      Deadline::in(capture_start_limit));
  for (const CaptureRun* const capture : captures_) {
    if (capture->listening()) continue;
    const std::string cause = capture->error().empty() ? "it did not begin to listen within 30 s" : capture->error();
    throw EnvironmentError("start the capture", escape_for_terminal(cause),
                           "echolab doctor shows what this engine lacks");
  }
}

bool LabRun::wait_until_ready() {
  const auto all_ready = [this] {
    release_early();
    return (!bringing_up() && captures_ready() && nodes_settled()) || first_early_death() != nullptr;
  };
  const bool in_time = drive(all_ready, ready_deadline_);
  stop_bringing_up();
  throw_if_not_startable();
  if (const NodeRun* const dead = first_early_death()) {
    problem(describe_death(*dead));
    return false;
  }
  bool ours_ready = true;
  for (const NodeRun* const node : nodes_) {
    if (node->ready()) continue;
    if (node->ended() || !node->program_ended().empty()) {
      problem(describe_death(*node));
    } else {
      problem(fmt::format("node {} was not ready within {}", node->node().name, format_duration(plan_.limits.ready)));
    }
    if (!node->node().supervised) ours_ready = false;
  }
  if (!in_time && !captures_ready()) problem("the begin sentinel did not appear in the capture in time");
  return ours_ready;
}

// A student's program that ends, or never listens, is no fault of the lab's: the clients run and show it on the wire.
bool LabRun::nodes_settled() const {
  return std::all_of(nodes_.begin(), nodes_.end(), [](const NodeRun* node) {
    return node->ready() || !node->program_ended().empty() || (node->node().supervised && node->ended());
  });
}

void LabRun::release() {
  std::vector<NodeRun*> waiting;
  for (NodeRun* const node : nodes_) {
    if (!node->released) waiting.push_back(node);
  }
  const auto prepared = std::make_shared<bool>(false);
  if (!captures_.empty() && prepares_release()) step("switching offloads off");
  prepare_release(waiting, [prepared] { *prepared = true; });
  if (!drive([prepared] { return *prepared; }, Deadline::in(prepare_limit))) {
    problem("switching the offloads off took more than " + format_duration(prepare_limit));
  }
  step("releasing the clients");
  const auto fewer_than = [&waiting](std::ptrdiff_t most) {
    return [&waiting, most] {
      return std::count_if(waiting.begin(), waiting.end(), [](NodeRun* node) { return node->is_signalled(); }) < most;
    };
  };
  const Deadline deadline = Deadline::in(prepare_limit);
  for (NodeRun* const node : waiting) {
    drive(fewer_than(signals_at_once), deadline);
    give_start(*node);
  }
  drive(fewer_than(1), deadline);
}

void LabRun::give_start(NodeRun& node) {
  node.released = true;
  if (node.node().waits_for_start) node.signal(SIGUSR1);
}

// Groups that don't wait for the whole lab start when they and their servers are ready.
void LabRun::release_early() {
  if (early_.empty() || !captures_ready()) return;
  std::vector<NodeRun*> batch, concerned;
  for (auto& [client, servers] : early_) {
    if (client->released || !client->ready() || !reachable(*client)) continue;
    const bool servers_ready = std::all_of(servers.begin(), servers.end(), [this](const NodeRun* server) {
      return server->ready() && reachable(*server);
    });
    if (!servers_ready) continue;
    client->released = true;
    batch.push_back(client);
    concerned.push_back(client);
    concerned.insert(concerned.end(), servers.begin(), servers.end());
  }
  if (batch.empty()) return;
  prepare_release(concerned, [this, batch] {
    for (NodeRun* const node : batch) give_start(*node);
  });
}

void LabRun::wait_for_clients() {
  step("clients are running");
  const auto finished = [this] {
    return std::all_of(nodes_.begin(), nodes_.end(),
                       [](const NodeRun* node) { return node->node().role == plan::Role::server || node->ended(); });
  };
  if (drive(finished, Deadline::in(plan_.limits.run))) return;
  for (NodeRun* const node : nodes_) {
    if (node->node().role == plan::Role::server || node->ended()) continue;
    problem(fmt::format("node {} had not ended after {} and was killed", node->node().name,
                        format_duration(plan_.limits.run)));
    node->kill();
  }
  drive(finished, Deadline::in(kill_limit));
}

// While the servers still run, so that nothing they do at their end comes before the end sentinel.
void LabRun::finish_captures() {
  tell_progress();
  if (captures_.empty()) return;
  step("ending the capture");
  for (CaptureRun* const capture : captures_) capture->stop();
  const auto all = [this](auto property) { return std::all_of(captures_.begin(), captures_.end(), property); };
  if (!drive([&] { return all([](const CaptureRun* capture) { return capture->ended(); }); },
             Deadline::in(capture_end_limit))) {
    problem("the capture did not end in time");
  }
}

// A server that ends by itself after SIGTERM was not killed by us: being stopped is how a server's life ends.
void LabRun::stop_servers() {
  step("stopping the servers");
  const auto ended = [this] {
    return std::all_of(nodes_.begin(), nodes_.end(),
                       [](const NodeRun* node) { return !node->started() || node->ended(); });
  };
  for (NodeRun* const node : nodes_) node->signal(SIGTERM);
  if (drive(ended, Deadline::in(plan_.limits.stop))) return;
  for (NodeRun* const node : nodes_) {
    if (!node->started() || node->ended()) continue;
    problem(fmt::format("node {} had not ended {} after SIGTERM and was killed", node->node().name,
                        format_duration(plan_.limits.stop)));
    node->kill();
  }
  drive(ended, Deadline::in(kill_limit));
}

void LabRun::gather() {
  if (gathered_) return;
  gathered_ = true;
  for (NodeRun* const node : nodes_) node->write_exit();
  for (const CaptureRun* const capture : captures_) {
    record_.captures.push_back(capture->record());
    capture->write_log(context_.folder);
  }
  doubt_full_neighbour_tables();
  context_.folder.write_engine(record_);
}

// What the machine dropped for want of room is nobody's fault in the lab: the evidence does not hold against anybody.
void LabRun::doubt_full_neighbour_tables() {
  const std::uint64_t refused = neighbours_.refused();
  if (refused == 0) return;
  for (artifacts::CaptureRecord& capture : record_.captures) {
    capture.complete = false;
    capture.reasons.push_back(NeighbourTables::explain(refused));
  }
}

void LabRun::tear_down_once() {
  if (removed_) return;
  removed_ = true;
  context_.folder.log_step("removing");
  tear_down();
}

void LabRun::step(std::string_view what) {
  context_.observer.step(what);
  context_.folder.log_step(what);
}

void LabRun::problem(std::string text) {
  context_.folder.log_step("problem", text);
  record_.problems.push_back(std::move(text));
}

const NodeRun* LabRun::first_early_death() const {
  const auto died = [](const NodeRun* node) {
    return node->failed() || (node->ended() && !node->ready() && !node->node().supervised);
  };
  const auto found = std::find_if(nodes_.begin(), nodes_.end(), died);
  return found == nodes_.end() ? nullptr : *found;
}

std::string LabRun::describe_death(const NodeRun& node) const {
  const auto& exit = node.exit();
  const std::string how =
      node.program_ended().empty()
          ? fmt::format("exit status {}", exit.exit_code ? std::to_string(*exit.exit_code) : "unknown")
          : node.program_ended();
  std::string text =
      fmt::format("node {} ({}) ended before it was ready, with {}{}", node.node().name,
                  plan::to_string(node.node().program), how, exit.out_of_memory ? ", out of memory" : "");
  if (!exit.error.empty()) text += ": " + exit.error;
  const std::string lines = node.last_lines(shown_lines);
  return lines.empty() ? text : text + "; its last lines:\n" + lines;
}

void LabRun::throw_if_not_startable() const {
  for (const NodeRun* const node : nodes_) {
    if (!node->failed()) continue;
    throw EnvironmentError(fmt::format("start node {}", node->node().name), node->failed()->cause,
                           node->failed()->mend);
  }
}

bool LabRun::captures_ready() const {
  // One that ended is no reason to wait: its record says why it is incomplete.
  return std::all_of(captures_.begin(), captures_.end(),
                     [](const CaptureRun* capture) { return capture->ready() || capture->ended(); });
}

std::size_t LabRun::count_ready() const {
  return static_cast<std::size_t>(
      std::count_if(nodes_.begin(), nodes_.end(), [](const NodeRun* node) { return node->ready(); }));
}

void LabRun::tell_progress() {
  std::size_t finished = 0;
  std::uint64_t echoes = 0;
  for (const NodeRun* const node : nodes_) {
    if (node->node().role != plan::Role::client) continue;
    if (node->ended()) ++finished;
    echoes += node->echoes();
  }
  context_.observer.nodes_ready(count_ready(), nodes_.size());
  context_.observer.nodes_finished(finished, clients_);
  context_.observer.echoed(echoes, expected_echoes_);
  context_.observer.tick();
}

}  // namespace echolab::engine

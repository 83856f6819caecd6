#include "lab/engine/docker/lab_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "lab/base/error.h"
#include "lab/base/text.h"
#include "lab/docker_api/exec.h"
#include "lab/engine/docker/images.h"
#include "lab/engine/docker/leftovers.h"
#include "lab/engine/docker/node_spec.h"

namespace echolab::engine::docker {

namespace {

using namespace std::chrono_literals;
using docker_api::Callback;
using docker_api::Nothing;
using docker_api::Reply;

constexpr std::size_t created_at_once = 8;
constexpr std::size_t shown_lines = 5;
constexpr auto capture_start_limit = 30s;  // container start, and the 10 s that the agent gives tcpdump
constexpr auto capture_end_limit = 25s;    // the agent's own limits sum up to 15 s
constexpr auto kill_limit = 10s;           // from SIGKILL to a known exit
constexpr auto teardown_limit = 60s;

}  // namespace

LabRun::LabRun(docker_api::Client& client, const DockerOptions& options, const RunContext& context,
               artifacts::EngineRecord record)
    : client_(client), options_(options), context_(context), plan_(context.plan), record_(std::move(record)) {
  for (const auto& exchange : plan_.exchanges) expected_echoes_ += exchange.messages;
}

LabRun::~LabRun() {
  try {
    gather();
  } catch (...) {
    // The folder may be what failed; the objects still have to go.
  }
  try {
    remove_everything();
  } catch (...) {
    // Labels remain for the next clean-up.
  }
}

artifacts::EngineRecord LabRun::run(std::size_t start_window) {
  ready_deadline_ = Deadline::in(plan_.limits.ready);
  step("looking up images");
  const std::vector<std::string> images = resolve_images(client_, context_);
  if (!plan_.captures.empty()) require_image(client_, options_.capture_image);
  for (std::size_t i = 0; i < plan_.nodes.size(); ++i) record_.images.emplace_back(plan_.nodes[i].name, images[i]);
  create_networks();
  start_captures();
  create_containers(images);
  start_nodes(start_window);
  if (wait_until_ready()) {
    release();
    wait_for_clients();
    record_.finished = true;
  }
  finish_captures();
  stop_servers();
  gather();
  remove_everything();
  context_.folder.write_engine(record_);
  return record_;
}

void LabRun::create_networks() {
  step(fmt::format("creating {} network{}", plan_.networks.size(), plan_.networks.size() == 1 ? "" : "s"));
  for (const auto& network : plan_.networks) {
    context_.interrupt.check();
    auto reply = client_.await<std::string>([&](Callback<std::string> done) {
      docker_api::create_network(client_, network_spec(plan_, network, owner_), std::move(done));
    });
    if (reply) continue;
    // "Pool overlaps with other one on this address space"; no version gives it a code of its own.
    if (reply.error().message.find("overlap") == std::string::npos) throw reply.error().to_exception();
    Prefix taken = network.subnet4 ? *network.subnet4 : *network.subnet6;
    const auto others =
        client_
            .await<std::vector<docker_api::NetworkInfo>>([&](Callback<std::vector<docker_api::NetworkInfo>> done) {
              docker_api::list_networks(client_, "", std::move(done));
            })
            .take();
    for (const auto& other : others) {
      for (const auto& subnet : other.subnets) {
        const auto prefix = Prefix::parse(subnet.subnet);
        if (!prefix) continue;
        for (const auto& ours : {network.subnet4, network.subnet6}) {
          if (ours && ours->overlaps(*prefix)) taken = *ours;
        }
      }
    }
    throw SubnetTaken(taken, reply.error().message);
  }
}

void LabRun::start_captures() {
  for (const auto& capture : plan_.captures) {
    captures_.emplace_back(client_, plan_, capture, context_.folder)
        .start(capture_spec(plan_, capture, options_.capture_image, owner_));
  }
}

// While the captures start; nothing is on the network before its node is started.
void LabRun::create_containers(const std::vector<std::string>& images) {
  step(fmt::format("creating {} containers", plan_.nodes.size()));
  for (const auto& node : plan_.nodes) {
    nodes_.emplace_back(client_, node, context_.folder);
    if (node.role == plan::Role::client) ++clients_;
  }
  creating_ = std::make_unique<Window>(
      nodes_.size(), created_at_once, [this, &images](std::size_t i, std::function<void()> done) {
        nodes_[i].create(node_spec(plan_, plan_.nodes[i], images[i], owner_), [this, i, done] {
          if (nodes_[i].failed()) creating_->stop();
          done();
        });
      });
  creating_->begin();
  const bool in_time = drive([this] { return creating_->finished(); }, *ready_deadline_);
  throw_if_not_startable();
  if (!in_time) {
    throw EnvironmentError("create the lab's containers", "not done within " + format_duration(plan_.limits.ready),
                           "raise the scenario's limit for 'ready', or see what keeps the Docker engine busy");
  }

  if (captures_.empty()) return;
  step("waiting for the capture");
  drive(
      [this] {
        return std::all_of(captures_.begin(), captures_.end(),
                           [](const auto& capture) { return capture.listening() || capture.ended(); });
      },
      Deadline::in(capture_start_limit));
  for (const auto& capture : captures_) {
    if (capture.listening()) continue;
    const std::string cause = capture.failed()          ? capture.failed()->message
                              : capture.error().empty() ? "it did not begin to listen within 30 s"
                                                        : capture.error();
    throw EnvironmentError("start the capture", escape_for_terminal(cause),
                           "echolab doctor shows what this engine lacks");
  }
}

void LabRun::start_nodes(std::size_t width) {
  step(fmt::format("starting {} containers", nodes_.size()));
  starting_ = std::make_unique<Window>(nodes_.size(), width, [this](std::size_t i, std::function<void()> done) {
    nodes_[i].start([this, i, done] {
      if (nodes_[i].failed()) starting_->stop();
      done();
    });
  });
  starting_->begin();
}

bool LabRun::wait_until_ready() {
  const auto all_ready = [this] {
    release_early();
    return (starting_->finished() && captures_ready() && count_ready() == nodes_.size()) ||
           first_early_death() != nullptr;
  };
  const bool in_time = drive(all_ready, *ready_deadline_);
  starting_->stop();
  throw_if_not_startable();
  if (const NodeRun* const dead = first_early_death()) {
    problem(describe_death(*dead));
    return false;
  }
  if (!in_time) {
    for (const auto& node : nodes_) {
      if (node.ready()) continue;
      problem(fmt::format("node {} was not ready within {}", node.node().name, format_duration(plan_.limits.ready)));
    }
    if (!captures_ready()) problem("the begin sentinel did not appear in the capture in time");
    return count_ready() == nodes_.size();
  }
  return true;
}

void LabRun::release() {
  std::vector<NodeRun*> waiting;
  for (auto& node : nodes_) {
    if (!node.released) waiting.push_back(&node);
  }
  if (!captures_.empty()) {
    step("switching offloads off");
    const auto done = std::make_shared<bool>(false);
    switch_offloads_off(waiting, [done] { *done = true; });
    if (!drive([done] { return *done; }, Deadline::in(90s))) problem("switching the offloads off took more than 90 s");
  }
  step("releasing the clients");
  for (NodeRun* const node : waiting) {
    node->released = true;
    if (node->node().waits_for_start) node->signal("USR1");
  }
}

// Groups that don't wait for the whole lab start when they and their servers are ready.
void LabRun::release_early() {
  if (!captures_ready()) return;
  std::vector<NodeRun*> batch;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    NodeRun& node = nodes_[i];
    if (node.released || node.node().together || node.node().role != plan::Role::client || !node.ready() ||
        node.pid() == 0)
      continue;
    const bool servers_ready = std::all_of(plan_.exchanges.begin(), plan_.exchanges.end(), [&](const auto& exchange) {
      return exchange.client_node != i ||
             (nodes_[exchange.server_node].ready() && nodes_[exchange.server_node].pid() != 0);
    });
    if (!servers_ready) continue;
    node.released = true;
    batch.push_back(&node);
    for (const auto& exchange : plan_.exchanges) {
      if (exchange.client_node == i) batch.push_back(&nodes_[exchange.server_node]);
    }
  }
  if (batch.empty()) return;
  switch_offloads_off(batch, [batch] {
    for (NodeRun* const node : batch) {
      if (node->released && node->node().waits_for_start) node->signal("USR1");
    }
  });
}

void LabRun::switch_offloads_off(const std::vector<NodeRun*>& nodes, std::function<void()> done) {
  std::vector<std::string> command{"/usr/local/bin/capture-agent", "offload-off"};
  const std::size_t without_pids = command.size();
  for (NodeRun* const node : nodes) {
    if (node->offloads_off || node->pid() == 0 || node->ended()) continue;
    node->offloads_off = true;
    command.push_back(std::to_string(node->pid()));
  }
  const auto helper =
      std::find_if(captures_.begin(), captures_.end(), [](const auto& capture) { return !capture.ended(); });
  if (command.size() == without_pids || helper == captures_.end()) return done();
  ++calls_under_way_;
  docker_api::run_exec(client_, helper->container(), command, [this, done](Reply<docker_api::ExecResult> result) {
    --calls_under_way_;
    if (!result) {
      problem("offloads could not be switched off: " + result.error().message);
    } else if (result.value().exit_code != 0) {
      problem("offloads could not be switched off everywhere: " + result.value().errors.substr(0, 500));
    }
    done();
  });
}

void LabRun::wait_for_clients() {
  step("clients are running");
  const auto finished = [this] {
    return std::all_of(nodes_.begin(), nodes_.end(),
                       [](const auto& node) { return node.node().role == plan::Role::server || node.ended(); });
  };
  if (drive(finished, Deadline::in(plan_.limits.run))) return;
  for (auto& node : nodes_) {
    if (node.node().role == plan::Role::server || node.ended()) continue;
    problem(fmt::format("node {} had not ended after {} and was killed", node.node().name,
                        format_duration(plan_.limits.run)));
    node.kill();
  }
  drive(finished, Deadline::in(kill_limit));
}

// While the servers still run, so that nothing they do at their end comes before the end sentinel.
void LabRun::finish_captures() {
  tell_progress();
  if (captures_.empty()) return;
  step("ending the capture");
  for (auto& capture : captures_) capture.stop();
  const auto all = [this](auto property) { return std::all_of(captures_.begin(), captures_.end(), property); };
  if (!drive([&] { return all([](const auto& capture) { return capture.ended(); }); },
             Deadline::in(capture_end_limit))) {
    problem("the capture did not end in time");
  }
}

// A server that ends by itself after SIGTERM was not killed by us: being stopped is how a server's life ends.
void LabRun::stop_servers() {
  step("stopping the servers");
  const auto ended = [this] {
    return std::all_of(nodes_.begin(), nodes_.end(), [](const auto& node) { return !node.started() || node.ended(); });
  };
  for (auto& node : nodes_) node.signal("TERM");
  if (drive(ended, Deadline::in(plan_.limits.stop))) return;
  for (auto& node : nodes_) {
    if (!node.started() || node.ended()) continue;
    problem(fmt::format("node {} had not ended {} after SIGTERM and was killed", node.node().name,
                        format_duration(plan_.limits.stop)));
    node.kill();
  }
  drive(ended, Deadline::in(kill_limit));
}

void LabRun::gather() {
  if (gathered_) return;
  gathered_ = true;
  for (auto& node : nodes_) node.write_exit();
  for (const auto& capture : captures_) {
    record_.captures.push_back(capture.record());
    capture.write_log(context_.folder);
  }
  context_.folder.write_engine(record_);
}

void LabRun::remove_everything() {
  if (removed_) return;
  removed_ = true;
  context_.folder.log_step("removing");
  // A create that was asked for may still come true: what it makes must be there when we look.
  if (creating_) creating_->stop();
  if (starting_) starting_->stop();
  client_.loop().run_until(
      [this] {
        return (!creating_ || creating_->finished()) && (!starting_ || starting_->finished()) && calls_under_way_ == 0;
      },
      Deadline::in(teardown_limit));
  const auto summary = remove_labelled(client_, std::string(label_run) + "=" + plan_.run_id, CleanupScope::all);
  for (const auto& failed : summary.failed) problem("could not remove " + failed);
}

bool LabRun::drive(const std::function<bool()>& satisfied, const Deadline& deadline) {
  const auto wake = client_.loop().run_until(satisfied, deadline, context_.interrupt.fd(), [this] { tell_progress(); });
  if (wake == docker_api::Loop::Wake::descriptor) {
    context_.interrupt.check();
    return drive(satisfied, deadline);
  }
  return wake == docker_api::Loop::Wake::satisfied;
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
  const auto died = [](const NodeRun& node) { return node.failed() || (node.ended() && !node.ready()); };
  const auto found = std::find_if(nodes_.begin(), nodes_.end(), died);
  return found == nodes_.end() ? nullptr : &*found;
}

std::string LabRun::describe_death(const NodeRun& node) const {
  const auto& program = node.node().program;
  const auto* const image = std::get_if<scenario::Image>(&program);
  const auto& exit = node.exit();
  std::string text = fmt::format("node {} ({}) ended before it was ready, with exit status {}{}", node.node().name,
                                 image != nullptr ? image->reference : std::get<scenario::Build>(program).context,
                                 exit.exit_code ? std::to_string(*exit.exit_code) : "unknown",
                                 exit.out_of_memory ? ", out of memory" : "");
  if (!exit.error.empty()) text += ": " + exit.error;
  const std::string lines = node.last_lines(shown_lines);
  return lines.empty() ? text : text + "; its last lines:\n" + lines;
}

void LabRun::throw_if_not_startable() const {
  for (const auto& node : nodes_) {
    if (!node.failed()) continue;
    throw EnvironmentError(fmt::format("start node {}", node.node().name), node.failed()->message, node.failed()->mend);
  }
}

bool LabRun::captures_ready() const {
  // One that ended is no reason to wait: its record says why it is incomplete.
  return std::all_of(captures_.begin(), captures_.end(),
                     [](const auto& capture) { return capture.ready() || capture.ended(); });
}

std::size_t LabRun::count_ready() const {
  return static_cast<std::size_t>(
      std::count_if(nodes_.begin(), nodes_.end(), [](const auto& node) { return node.ready(); }));
}

void LabRun::tell_progress() {
  std::size_t finished = 0;
  std::uint64_t echoes = 0;
  for (const auto& node : nodes_) {
    if (node.node().role != plan::Role::client) continue;
    if (node.ended()) ++finished;
    echoes += node.echoes();
  }
  context_.observer.nodes_ready(count_ready(), nodes_.size());
  context_.observer.nodes_finished(finished, clients_);
  context_.observer.echoed(echoes, expected_echoes_);
  context_.observer.tick();
}

}  // namespace echolab::engine::docker

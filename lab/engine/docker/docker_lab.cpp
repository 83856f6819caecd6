#include "lab/engine/docker/docker_lab.h"

#include <fmt/format.h>

#include <algorithm>

#include "lab/base/error.h"
#include "lab/docker_api/exec.h"
#include "lab/engine/docker/leftovers.h"
#include "lab/engine/docker/node_spec.h"

namespace echolab::engine::docker {

namespace {

using namespace std::chrono_literals;
using docker_api::Callback;
using docker_api::Reply;

constexpr std::size_t created_at_once = 8;
constexpr auto teardown_limit = 60s;

}  // namespace

DockerLab::DockerLab(docker_api::Client& client, const DockerOptions& options, const RunContext& context,
                     artifacts::EngineRecord record, std::size_t start_window)
    : LabRun(context, std::move(record)), client_(client), options_(options), start_window_(start_window) {}

DockerLab::~DockerLab() {
  end();
}

void DockerLab::bring_up() {
  step("looking up images");
  const std::vector<NodeImage> images = resolve_images(client_, context_, options_.runner_image, owner_);
  if (!plan_.captures.empty()) require_image(client_, options_.capture_image);
  for (std::size_t i = 0; i < plan_.nodes.size(); ++i)
    record_.images.emplace_back(plan_.nodes[i].name, images[i].recorded);
  create_networks();
  start_captures();
  create_containers(images);
  start_nodes();
}

void DockerLab::create_networks() {
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

void DockerLab::start_captures() {
  for (const auto& capture : plan_.captures) {
    CaptureAgent& agent = captures_.emplace_back(client_, plan_, capture, context_.folder);
    add_capture(agent);
    agent.start(capture_spec(plan_, capture, options_.capture_image, owner_));
  }
}

// While the captures start; nothing is on the network before its node is started.
void DockerLab::create_containers(const std::vector<NodeImage>& images) {
  step(fmt::format("creating {} containers", plan_.nodes.size()));
  for (const auto& node : plan_.nodes) {
    nodes_.emplace_back(client_, node, context_.folder);
    add_node(nodes_.back());
  }
  creating_ = std::make_unique<Window>(
      nodes_.size(), created_at_once, [this, &images](std::size_t i, std::function<void()> done) {
        nodes_[i].create(node_spec(plan_, plan_.nodes[i], images[i].id, owner_), [this, i, done] {
          if (nodes_[i].failed()) creating_->stop();
          done();
        });
      });
  creating_->begin();
  const bool in_time = drive([this] { return creating_->finished(); }, ready_deadline_);
  throw_if_not_startable();
  if (!in_time) {
    throw EnvironmentError("create the lab's containers", "not done within " + format_duration(plan_.limits.ready),
                           "raise the scenario's limit for 'ready', or see what keeps the Docker engine busy");
  }
  await_captures();
}

void DockerLab::start_nodes() {
  step(fmt::format("starting {} containers", nodes_.size()));
  starting_ = std::make_unique<Window>(nodes_.size(), start_window_, [this](std::size_t i, std::function<void()> done) {
    nodes_[i].start([this, i, done] {
      if (nodes_[i].failed()) starting_->stop();
      done();
    });
  });
  starting_->begin();
}

void DockerLab::prepare_release(const std::vector<NodeRun*>& nodes, std::function<void()> done) {
  std::vector<std::string> command{"/usr/local/bin/capture-agent", "offload-off"};
  const std::size_t without_pids = command.size();
  for (NodeRun* const each : nodes) {
    auto* const node = static_cast<NodeContainer*>(each);
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

void DockerLab::tear_down() {
  // A create that was asked for may still come true: what it makes must be there when we look.
  if (creating_) creating_->stop();
  if (starting_) starting_->stop();
  client_.loop().run_until(
      [this] {
        return (!creating_ || creating_->finished()) && (!starting_ || starting_->finished()) && calls_under_way_ == 0;
      },
      Deadline::in(teardown_limit));
  for (auto& node : nodes_) node.abandon();
  const auto summary = remove_labelled(client_, std::string(label_run) + "=" + plan_.run_id, CleanupScope::all);
  for (const auto& failed : summary.failed) problem("could not remove " + failed);
}

bool DockerLab::drive(const std::function<bool()>& satisfied, const Deadline& deadline) {
  const auto wake = client_.loop().run_until(satisfied, deadline, context_.interrupt.fd(), [this] { tell_progress(); });
  if (wake == docker_api::Loop::Wake::descriptor) {
    context_.interrupt.check();
    return drive(satisfied, deadline);
  }
  return wake == docker_api::Loop::Wake::satisfied;
}

}  // namespace echolab::engine::docker

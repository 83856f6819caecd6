#include "lab/engine/recording/recording_engine.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "lab/base/clock.h"

namespace echolab::engine {

namespace {

constexpr std::string_view nothing_starts = "the recording engine starts nothing";

std::string addresses_of(const plan::Node& node) {
  std::string text;
  for (const auto& address : {node.address4, node.address6}) {
    if (address) text += (text.empty() ? "" : " ") + address->to_string();
  }
  return text;
}

std::string describe(const plan::Network& network) {
  std::string text = network.name;
  for (const auto& subnet : {network.subnet4, network.subnet6}) {
    if (subnet) text += " " + subnet->to_string();
  }
  return fmt::format("{} mtu {}", text, network.mtu);
}

std::string describe(const plan::Node& node) {
  return fmt::format("{} {}: {} {}", node.name, addresses_of(node), plan::to_string(node.program),
                     fmt::join(node.arguments, " "));
}

class RecordingEngine final : public Engine {
 public:
  std::string_view name() const override { return "record"; }
  Capabilities capabilities() const override { return {}; }
  std::vector<ReadinessItem> check_ready() override {
    return {{ReadinessItem::State::good, "recording", "needs nothing of this machine", ""}};
  }
  std::vector<Prefix> occupied_prefixes() override { return {}; }

  artifacts::EngineRecord run(const RunContext& context) override {
    const plan::Plan& plan = context.plan;
    const auto step = [&](std::string_view what, const std::string& detail) {
      context.interrupt.check();
      context.folder.log_step(what, detail);
    };
    context.observer.step("recording what would be done");
    for (const plan::Network& network : plan.networks) step("network", describe(network));
    for (const plan::Capture& capture : plan.captures) {
      step("capture", fmt::format("{} snaplen {}", plan.networks[capture.network].name, capture.snaplen));
    }
    for (const plan::Node& node : plan.nodes) step("node", describe(node));
    step("ready", "every node within " + format_duration(plan.limits.ready));
    step("release", fmt::format("{} clients", plan.exchanges.size()));
    step("run", "until the clients end, at most " + format_duration(plan.limits.run));
    step("stop", "the servers, each within " + format_duration(plan.limits.stop));
    step("gather", "logs, captures and exit codes");
    return write_record(context);
  }

  CleanupSummary remove_leftovers(CleanupScope) override { return {}; }

 private:
  artifacts::EngineRecord write_record(const RunContext& context) {
    artifacts::EngineRecord record;
    record.engine = name();
    record.version = ECHOLAB_VERSION;
    record.problems = {std::string(nothing_starts)};
    for (const plan::Node& node : context.plan.nodes) {
      artifacts::NodeExit exit;
      exit.error = nothing_starts;
      context.folder.node(node.name, node.writes_events).write_exit(exit);
    }
    for (const plan::Capture& capture : context.plan.captures) {
      artifacts::CaptureRecord captured;
      captured.network = context.plan.networks[capture.network].name;
      captured.reasons = {std::string(nothing_starts)};
      record.captures.push_back(std::move(captured));
    }
    context.folder.write_engine(record);
    return record;
  }
};

}  // namespace

std::unique_ptr<Engine> make_recording_engine() {
  return std::make_unique<RecordingEngine>();
}

}  // namespace echolab::engine

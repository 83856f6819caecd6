#include "lab/engine/local/local_lab.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <thread>

#include "lab/base/error.h"

namespace echolab::engine::local {

namespace {

using namespace std::chrono_literals;

constexpr auto tell_every = 100ms;
constexpr auto setup_limit = 30s;
// Nodes that are set up at once. Most of it is the kernel's work under one lock: more at once only wait for each other,
// and a thousand that wait keep the processors from those that could go on.
const std::size_t born_at_once = 2 * std::max(std::thread::hardware_concurrency(), 2u);
constexpr const char* doctor_helps = "echolab doctor --engine local shows what this machine lacks";

std::string_view text_of(const Report& report) {
  return report.text.data();
}

}  // namespace

void Streams::release_writing_ends() {
  for (OutputPipe* const pipe : {&output_, &errors_, &birth_}) pipe->release_writing_end();
}

void NodeProcess::signal(int number) {
  if (started() && !ended()) lab_.give({Order::Kind::signal_node, index_, number});
}

Streams& NodeProcess::open_streams(EventLoop& loop) {
  return streams_.emplace(
      loop, [this](std::string_view bytes) { take_output(bytes); },
      [this](std::string_view bytes) { take_errors(bytes); },
      [this] {
        lab_.read_reports();  // should exec have failed, it was reported before
        born();
        lab_.birth_ended();
      },
      [this] { settle(); });
}

void NodeProcess::born() {
  if (!started() && !failed()) mark_started();
}

void NodeProcess::heard(const Report& report) {
  if (report.kind == Report::Kind::node_failed) fail({std::string(text_of(report)), doctor_helps});
  if (report.kind == Report::Kind::node_ended) {
    born();
    status_ = report.status;
  }
  settle();
}

void NodeProcess::settle() {
  if (!ended() && status_ && streams_->ended()) mark_ended(exit_code_of(*status_), false, "");
}

void CaptureProcess::stop() {
  if (!ended()) lab_.give({Order::Kind::signal_capture, index_, SIGTERM});
}

Streams& CaptureProcess::open_streams(EventLoop& loop) {
  return streams_.emplace(
      loop, [this](std::string_view bytes) { take_capture(bytes); },
      [this](std::string_view bytes) { take_errors(bytes); }, [] {}, [this] { settle(); });
}

void CaptureProcess::heard(const Report& report) {
  if (report.kind == Report::Kind::capture_failed) fail(std::string(text_of(report)));
  if (report.kind == Report::Kind::capture_ended) over_ = true;
  settle();
}

void CaptureProcess::settle() {
  if (!ended() && over_ && streams_->ended()) mark_ended("");
}

LocalLab::LocalLab(const RunContext& context, artifacts::EngineRecord record, LabSpec spec)
    : LabRun(context, std::move(record)), spec_(std::move(spec)) {}

LocalLab::~LocalLab() {
  // Whatever was not gathered yet can be without the lab, and whoever pressed Ctrl-C waits for it to be gone.
  if (process_) process_->end();
  end();
}

void LocalLab::bring_up() {
  for (std::size_t i = 0; i < plan_.nodes.size(); ++i) {
    const Program& program = spec_.programs[i];
    record_.images.emplace_back(plan_.nodes[i].name,
                                program.file.empty() ? program.arguments.front() : program.file.string());
  }
  step(fmt::format("making {} network{}", plan_.networks.size(), plan_.networks.size() == 1 ? "" : "s"));
  // Before any descriptor of a node exists: the lab process is a copy of this one.
  process_ = std::make_unique<LabProcess>(spec_);
  loop_.add(process_->channel().fd(), [this] {
    send_orders();
    read_reports();
  });
  loop_.add(context_.interrupt.fd(), [this] { context_.interrupt.check(); });
  drive([this] { return networks_ready_ || lab_failed_; }, Deadline::in(setup_limit));
  if (!networks_ready_) {
    throw EnvironmentError("make the lab's networks", lab_failed_.value_or("not done within 30 s"), doctor_helps);
  }
  for (std::uint32_t i = 0; i < plan_.captures.size(); ++i) {
    add_capture(captures_.emplace_back(*this, plan_, plan_.captures[i], context_.folder, i));
    give({Order::Kind::start_capture, i, 0});
  }
  await_captures();
  step(fmt::format("starting {} nodes", plan_.nodes.size()));
  for (std::uint32_t i = 0; i < plan_.nodes.size(); ++i) {
    add_node(nodes_.emplace_back(*this, plan_.nodes[i], context_.folder, i));
    give({Order::Kind::start_node, i, 0});
  }
}

void LocalLab::stop_bringing_up() {
  std::erase_if(orders_, [](const Order& order) { return order.kind == Order::Kind::start_node; });
}

void LocalLab::give(const Order& order) {
  orders_.push_back(order);
  send_orders();
}

void LocalLab::send_orders() {
  while (!orders_.empty() && send(orders_.front())) orders_.pop_front();
  // While too many are being born, the end of a birth sends on.
  loop_.wants_to_write(process_->channel().fd(), !orders_.empty() && being_born_ < born_at_once);
}

bool LocalLab::send(const Order& order) {
  const bool capture = order.kind == Order::Kind::start_capture;
  if (!capture && order.kind != Order::Kind::start_node) return process_->channel().try_order(order);
  if (!capture && being_born_ >= born_at_once) return false;
  Streams& streams = capture ? captures_[order.index].open_streams(loop_) : nodes_[order.index].open_streams(loop_);
  const StreamEnds ends = streams.writing_ends();
  if (!process_->channel().try_order(order, &ends)) return false;
  streams.release_writing_ends();
  if (!capture) ++being_born_;
  return true;
}

void LocalLab::birth_ended() {
  --being_born_;
  send_orders();
}

void LocalLab::read_reports() {
  bool ended = false;
  while (const auto report = process_->channel().try_report(&ended)) heard(*report);
  if (!ended) return;
  loop_.remove(process_->channel().fd());
  if (!lab_failed_) lab_failed_ = "the lab process ended unexpectedly";
  problem(*lab_failed_);
}

void LocalLab::heard(const Report& report) {
  switch (report.kind) {
    case Report::Kind::networks_ready:
      networks_ready_ = true;
      return;
    case Report::Kind::lab_failed:
      lab_failed_ = text_of(report);
      return;
    case Report::Kind::node_failed:
    case Report::Kind::node_ended:
      return nodes_.at(report.index).heard(report);
    case Report::Kind::capture_failed:
    case Report::Kind::capture_ended:
      return captures_.at(report.index).heard(report);
  }
}

bool LocalLab::drive(const std::function<bool()>& satisfied, const Deadline& deadline) {
  while (!satisfied()) {
    if (deadline.passed() || (lab_failed_ && networks_ready_)) return false;
    loop_.wait(std::min<std::chrono::milliseconds>(deadline.left(), tell_every));
    const Monotonic now = std::chrono::steady_clock::now();
    if (now - told_ < tell_every) continue;
    told_ = now;
    tell_progress();
  }
  return true;
}

void LocalLab::tear_down() {
  if (process_) process_->end();
}

}  // namespace echolab::engine::local

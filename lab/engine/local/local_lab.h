#pragma once
// One run of a plan in namespaces: the controller's side.

#include <deque>
#include <memory>
#include <optional>

#include "lab/engine/lab_run.h"
#include "lab/engine/local/event_loop.h"
#include "lab/engine/local/lab_process.h"
#include "lab/engine/local/output_pipe.h"

namespace echolab::engine::local {

class LocalLab;

// The pipes of a program of the lab. The third is held open by what is to become the program and closes with its exec.
class Streams {
 public:
  using Event = std::function<void()>;
  Streams(EventLoop& loop, OutputPipe::Sink take_output, OutputPipe::Sink take_errors, Event born, Event ended)
      : output_(loop, std::move(take_output), ended),
        errors_(loop, std::move(take_errors), ended),
        birth_(
            loop, [](std::string_view) {}, std::move(born)) {}
  StreamEnds writing_ends() const { return {output_.writing_end(), errors_.writing_end(), birth_.writing_end()}; }
  void release_writing_ends();
  bool ended() const { return output_.ended() && errors_.ended(); }

 private:
  OutputPipe output_, errors_, birth_;
};

class NodeProcess final : public NodeRun {
 public:
  NodeProcess(LocalLab& lab, const plan::Node& node, artifacts::RunFolderWriter& folder, std::uint32_t index)
      : NodeRun(node, folder), lab_(lab), index_(index) {}
  void signal(int number) override;
  Streams& open_streams(EventLoop& loop);
  void heard(const Report& report);

 private:
  void settle();
  void born();

  LocalLab& lab_;
  const std::uint32_t index_;
  std::optional<Streams> streams_;
  std::optional<int> status_;  // its end is known when this and the end of both streams is
};

class CaptureProcess final : public CaptureRun {
 public:
  CaptureProcess(LocalLab& lab, const plan::Plan& plan, const plan::Capture& capture,
                 artifacts::RunFolderWriter& folder, std::uint32_t index)
      : CaptureRun(plan, capture, folder), lab_(lab), index_(index) {}
  void stop() override;
  Streams& open_streams(EventLoop& loop);
  void heard(const Report& report);

 private:
  void settle();

  LocalLab& lab_;
  const std::uint32_t index_;
  std::optional<Streams> streams_;
  bool over_ = false;
};

class LocalLab final : public LabRun {
 public:
  LocalLab(const RunContext& context, artifacts::EngineRecord record, LabSpec spec);
  ~LocalLab() override;

  // Sent in this order, as soon as the lab process takes it.
  void give(const Order& order);
  void birth_ended();  // a node became its program, or failed to
  void read_reports();

 private:
  void bring_up() override;
  bool bringing_up() const override { return !orders_.empty(); }
  void stop_bringing_up() override;
  bool drive(const std::function<bool()>& satisfied, const Deadline& deadline) override;
  void tear_down() override;

  void send_orders();
  bool send(const Order& order);
  void heard(const Report& report);

  EventLoop loop_;
  const LabSpec spec_;
  std::deque<NodeProcess> nodes_;
  std::deque<CaptureProcess> captures_;
  std::deque<Order> orders_;
  std::unique_ptr<LabProcess> process_;
  std::size_t being_born_ = 0;
  bool networks_ready_ = false;
  std::optional<std::string> lab_failed_;
  Monotonic told_{};
};

}  // namespace echolab::engine::local

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

// A program of the lab, a node's or a capture agent's: two streams, and an end that is known when both streams and the
// process have ended.
class Streams {
 public:
  Streams(EventLoop& loop, OutputPipe::Sink take_output, OutputPipe::Sink take_errors, std::function<void()> ended)
      : output_(loop, std::move(take_output), ended), errors_(loop, std::move(take_errors), ended) {}
  std::array<int, 2> writing_ends() const { return {output_.writing_end(), errors_.writing_end()}; }
  void release_writing_ends() { output_.release_writing_end(), errors_.release_writing_end(); }
  bool ended() const { return output_.ended() && errors_.ended(); }

 private:
  OutputPipe output_, errors_;
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

  LocalLab& lab_;
  const std::uint32_t index_;
  std::optional<Streams> streams_;
  std::optional<int> status_;
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

 private:
  void bring_up() override;
  bool bringing_up() const override { return !orders_.empty(); }
  void stop_bringing_up() override;
  bool drive(const std::function<bool()>& satisfied, const Deadline& deadline) override;
  void tear_down() override;

  void send_orders();
  bool send(const Order& order);
  void read_reports();
  void heard(const Report& report);

  EventLoop loop_;
  const LabSpec spec_;
  std::deque<NodeProcess> nodes_;
  std::deque<CaptureProcess> captures_;
  std::deque<Order> orders_;
  std::unique_ptr<LabProcess> process_;
  bool networks_ready_ = false;
  std::optional<std::string> lab_failed_;
  Monotonic told_{};
};

}  // namespace echolab::engine::local

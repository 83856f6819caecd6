#pragma once
// The phases of a run, the same on every engine: capture on, nodes up, all ready, released, clients done, capture
// proven to its end, servers stopped, everything gathered and removed. An engine says how each of them is done.

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lab/engine/capture_run.h"
#include "lab/engine/engine.h"
#include "lab/engine/neighbour_tables.h"
#include "lab/engine/node_run.h"

namespace echolab::engine {

class LabRun {
 public:
  LabRun(const RunContext& context, artifacts::EngineRecord record);
  LabRun(const LabRun&) = delete;
  LabRun& operator=(const LabRun&) = delete;
  virtual ~LabRun() = default;  // a derived class calls end() in its own

  artifacts::EngineRecord run();

 protected:
  // Networks, captures, then all nodes in the plan's order, each told to add_node() and add_capture(), which borrow.
  // Nodes may still be starting when it returns. Throws when the lab can't be brought up.
  virtual void bring_up() = 0;
  virtual bool bringing_up() const = 0;
  virtual void stop_bringing_up() = 0;
  // Serves the engine's events until `satisfied` or the deadline; false when that came first. Throws Interrupted.
  virtual bool drive(const std::function<bool()>& satisfied, const Deadline& deadline) = 0;
  // What nodes need between being ready and being released; calls `done` when it is done or can't be.
  virtual bool prepares_release() const { return false; }
  virtual void prepare_release(const std::vector<NodeRun*>&, std::function<void()> done) { done(); }
  virtual bool reachable(const NodeRun&) const { return true; }  // prepare_release can work on it
  virtual void tear_down() = 0;

  void end() noexcept;  // gathers and removes what has not been yet
  void add_node(NodeRun& node);
  void add_capture(CaptureRun& capture) { captures_.push_back(&capture); }
  void await_captures();
  void step(std::string_view what);
  void problem(std::string text);
  void throw_if_not_startable() const;
  void tell_progress();

  const RunContext& context_;
  const plan::Plan& plan_;
  artifacts::EngineRecord record_;
  const Deadline ready_deadline_;

 private:
  bool wait_until_ready();
  void release();
  void release_early();
  void give_start(NodeRun& node);
  void wait_for_clients();
  void finish_captures();
  void stop_servers();
  void gather();
  void doubt_full_neighbour_tables();
  void tear_down_once();
  // A node that ended or could not be started before it was ready.
  const NodeRun* first_early_death() const;
  std::string describe_death(const NodeRun& node) const;
  bool captures_ready() const;
  bool nodes_settled() const;
  std::size_t count_ready() const;

  std::vector<NodeRun*> nodes_;
  std::vector<CaptureRun*> captures_;
  std::map<NodeRun*, std::vector<NodeRun*>> early_;  // clients that don't wait for the whole lab, and their servers
  std::size_t clients_ = 0;
  std::uint64_t expected_echoes_ = 0;
  const NeighbourTables neighbours_;
  bool gathered_ = false, removed_ = false;
};

}  // namespace echolab::engine

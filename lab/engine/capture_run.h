#pragma once
// One network's capture: the agent's two streams, and what they proved (docs/events.md, "Capture agent").

#include <cstdint>
#include <string>
#include <string_view>

#include "lab/artifacts/run_folder.h"
#include "lab/plan/plan.h"

namespace echolab::engine {

class CaptureRun {
 public:
  CaptureRun(const plan::Plan& plan, const plan::Capture& capture, artifacts::RunFolderWriter& folder);
  CaptureRun(const CaptureRun&) = delete;
  CaptureRun& operator=(const CaptureRun&) = delete;
  virtual ~CaptureRun() = default;

  virtual void stop() = 0;  // SIGTERM: it sends the end sentinel and proves completeness

  bool listening() const { return listening_; }
  bool ready() const { return ready_; }  // the begin sentinel is in the capture
  bool ended() const { return ended_; }
  // Why it could not begin: its last error.
  const std::string& error() const { return failed_.empty() ? error_ : failed_; }
  artifacts::CaptureRecord record() const;
  void write_log(artifacts::RunFolderWriter& folder) const;  // captures/<network>.agent.jsonl

 protected:
  void fail(std::string cause);  // it could not be started
  void take_capture(std::string_view bytes);
  void take_errors(std::string_view bytes);
  void mark_ended(const std::string& trouble);  // its streams are over; what went wrong with them, if anything

 private:
  void take_line(const std::string& line);

  std::string network_;
  UniqueFd file_;
  bool listening_ = false, ready_ = false, ended_ = false, has_totals_ = false;
  std::uint64_t file_bytes_ = 0, announced_bytes_ = 0;
  std::string failed_, partial_line_, log_, error_, write_trouble_, lost_;
  artifacts::CaptureRecord record_;
};

// What a capture agent is called with, after "record", on the interface that carries the network.
std::vector<std::string> record_arguments(const plan::Capture& capture, const std::string& interface);

}  // namespace echolab::engine

#pragma once
// The run folder on disk (docs/run-folder.md): engines write it while the lab runs; everything after reads only it.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/base/clock.h"
#include "lab/base/file.h"
#include "lab/plan/plan.h"

namespace echolab::artifacts {

// How a node ended: exit.json.
struct NodeExit {
  std::optional<int> exit_code;  // unset: never started, or unknown
  bool out_of_memory = false;
  bool killed_by_us = false;  // ended by a time limit or by clean-up, not by itself
  std::string error;          // what the engine said when it could not be started
  // Bytes that did not fit under the caps of the streams; filled in by the writer. events_cut > 0: the log is incomplete.
  std::uint64_t stdout_cut = 0, stderr_cut = 0, events_cut = 0;
};

// Whether one network's capture can be held against anybody.
struct CaptureRecord {
  std::string network;
  std::string file;  // relative to the run folder: "captures/lab.pcap" while raw
  std::uint64_t packets = 0;
  std::uint64_t captured = 0, received = 0, dropped = 0;
  bool complete = false;
  std::vector<std::string> reasons;  // why it is not complete
};

struct EngineRecord {
  std::string engine;                 // "docker"
  std::string version;                // "20.10.24 (API 1.41)"
  std::string host;                   // kernel and architecture
  bool finished = false;              // the run went to its end: every client ended or hit its time limit
  std::vector<std::string> problems;  // sentences: what the engine could not do
  std::vector<CaptureRecord> captures;
  std::vector<std::pair<std::string, std::string>> images;  // node name → image id
};

// Caps of one node's streams: a program that floods its output costs bounded disk and memory. Beyond the cap the
// beginning and the last tail_bytes are kept.
struct StreamCaps {
  std::uint64_t stdout_bytes = 8u << 20, stderr_bytes = 8u << 20, events_bytes = 512u << 20;
  std::size_t tail_bytes = 16u << 10;  // of stdout and stderr; an event log is cut at a line's end instead
};

// One node's streams. Event lines on standard error (docs/events.md) go to events.jsonl, everything else to stderr.
class NodeWriter {
 public:
  virtual ~NodeWriter() = default;
  virtual void write_stdout(std::string_view bytes) = 0;
  virtual void write_stderr(std::string_view bytes) = 0;
  virtual void write_exit(const NodeExit& exit) = 0;            // also flushes the streams; further output is dropped
  virtual std::string last_lines(std::size_t lines) const = 0;  // of both streams, for messages; not escaped
};

// Called for each whole event line as it arrives: progress and readiness.
using EventLineObserver = std::function<void(std::string_view line)>;

// Writes one run folder. Not thread safe: one loop owns it.
class RunFolderWriter {
 public:
  // Creates the folder (which must not exist or be empty), scenario.yaml and plan.json.
  RunFolderWriter(std::filesystem::path folder, const plan::Plan& plan, std::string_view scenario_source,
                  StreamCaps caps = {});
  RunFolderWriter(const RunFolderWriter&) = delete;
  RunFolderWriter& operator=(const RunFolderWriter&) = delete;
  ~RunFolderWriter();  // flushes the streams; without finish() the folder stays an unfinished run

  const std::filesystem::path& folder() const { return folder_; }
  // Lives as long as the writer; nodes/<name>/ is made at the first call.
  // `caps`: instead of the run's own.
  NodeWriter& node(const std::string& name, bool splits_events, EventLineObserver on_event = {},
                   const std::optional<StreamCaps>& caps = {});
  // Raw capture of a network as the agent streams it: captures/<network>.pcap. The caller writes bytes to the fd.
  UniqueFd create_raw_capture(const std::string& network);
  // A line of the run's own log, events.jsonl: {"mono_ns":…,"wall_ns":…,"step":…,"detail":…}.
  void log_step(std::string_view step, std::string_view detail = {});
  void write_engine(const EngineRecord& record);
  // Any further file, atomically.
  void write_file(const std::filesystem::path& relative, std::string_view content);
  // Lists every file with size and SHA-256 and renames manifest.json into place: last step of a run.
  void finish(bool complete);

 private:
  struct Impl;
  std::filesystem::path folder_;
  std::unique_ptr<Impl> impl_;
};

// A run folder that was written, whole or not.
struct RunFolder {
  std::filesystem::path folder;
  plan::Plan plan;
  EngineRecord engine;
  bool finished = false;             // manifest.json is there and says complete; not so while the run is on
  std::vector<std::string> damaged;  // files whose size or hash is not what the manifest says
  std::filesystem::path node_file(const std::string& node, std::string_view file) const;
  NodeExit node_exit(const std::string& node) const;
};
// Throws EnvironmentError when it is no run folder.
RunFolder read_run_folder(const std::filesystem::path& folder);

}  // namespace echolab::artifacts

#pragma once
// One network's capture: the agent's container, its file, and what it proved.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "lab/artifacts/run_folder.h"
#include "lab/docker_api/containers.h"
#include "lab/plan/plan.h"

namespace echolab::engine::docker {

class CaptureAgent {
 public:
  CaptureAgent(docker_api::Client& client, const plan::Plan& plan, const plan::Capture& capture,
               artifacts::RunFolderWriter& folder);
  CaptureAgent(const CaptureAgent&) = delete;
  CaptureAgent& operator=(const CaptureAgent&) = delete;

  // Creates, attaches and starts; then listening() or ended() will become true.
  void start(const docker_api::ContainerSpec& spec);
  void stop();  // SIGTERM: it sends the end sentinel and proves completeness

  const std::string& container() const { return id_; }
  const std::optional<docker_api::ApiError>& failed() const { return failed_; }
  bool listening() const { return listening_; }
  bool ready() const { return ready_; }  // the begin sentinel is in the capture
  bool end_proven() const { return end_seen_; }
  bool ended() const { return ended_; }
  // Why it could not begin: its last error.
  const std::string& error() const { return error_; }
  artifacts::CaptureRecord record() const;
  void write_log(artifacts::RunFolderWriter& folder) const;  // captures/<network>.agent.jsonl

 private:
  void take_output(docker_api::Stream stream, std::string_view bytes);
  void take_line(const std::string& line);

  docker_api::Client& client_;
  std::string network_;
  UniqueFd file_;
  std::string id_;
  std::optional<docker_api::ApiError> failed_;
  bool listening_ = false, ready_ = false, end_seen_ = false, ended_ = false, has_totals_ = false;
  std::uint64_t file_bytes_ = 0, announced_bytes_ = 0;
  std::string partial_line_, log_, error_, write_trouble_, lost_;
  artifacts::CaptureRecord record_;
};

}  // namespace echolab::engine::docker

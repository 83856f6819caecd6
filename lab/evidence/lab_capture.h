#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "lab/artifacts/run_folder.h"
#include "lab/base/file.h"
#include "lab/capture/pcapng_writer.h"
#include "lab/evidence/write_captures.h"
#include "lab/plan/plan.h"

namespace echolab::evidence {

// captures/lab.pcapng in the making, under a temporary name until publish(); without it nothing is left behind.
class LabCapture {
 public:
  // One interface per network, in this order. `about_all`: further comments on the section.
  LabCapture(const std::filesystem::path& run_folder, const plan::Plan& plan, const artifacts::EngineRecord& engine,
             const std::vector<NetworkEvidence>& networks, std::vector<std::string> about_all = {});
  LabCapture(const LabCapture&) = delete;
  LabCapture& operator=(const LabCapture&) = delete;

  void write(std::uint32_t interface, const capture::Frame& frame, std::span<const std::string> comments);
  // Adds the networks' counters, waits for the disk, and renames.
  void publish(const std::vector<NetworkEvidence>& networks);

 private:
  PendingFile pending_;
  capture::PcapngWriter file_;
};

}  // namespace echolab::evidence

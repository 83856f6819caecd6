#pragma once
// Between the engine and the judge: what was captured on each network becomes the evidence that findings cite.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/artifacts/run_folder.h"
#include "lab/capture/pcapng_writer.h"
#include "lab/plan/plan.h"

namespace echolab::evidence {

struct NetworkEvidence {
  std::string network;
  std::size_t plan_index = 0;   // of the network
  std::uint32_t interface = 0;  // in lab.pcapng
  std::uint16_t link_type = 1;  // LINKTYPE_ value
  std::uint32_t snaplen = 0;
  capture::InterfaceCounters counters;
  std::uint64_t packets = 0;  // with the sentinels
  bool truncated = false;     // the raw file ends in the middle of a packet
  std::string damage;         // why reading it stopped early; empty when nothing was wrong
  // Numbers in lab.pcapng of the sentinels with the plan's nonce (docs/events.md): between them nothing is missing
  // unless the counters say so.
  std::optional<std::uint64_t> begin_sentinel, end_sentinel;
};

struct Evidence {
  // The engine's record with its captures pointing at lab.pcapng and counted; one that lacks a sentinel, is truncated
  // or damaged is not complete any more, and says why.
  artifacts::EngineRecord engine;
  std::uint64_t packets = 0;  // in lab.pcapng
  std::vector<NetworkEvidence> networks;
};

// Merges the raw captures of the run folder by time into captures/lab.pcapng, with one interface per captured network.
// Then the raw files are removed, but for damaged ones. Without captures in the plan nothing is written. Throws
// EnvironmentError, and keeps the raw files then. What comes after the verdict is in comment_captures.h.
Evidence write_captures(const std::filesystem::path& run_folder, const plan::Plan& plan,
                        const artifacts::EngineRecord& engine);

inline constexpr std::string_view lab_capture_file = "captures/lab.pcapng";
// "captures/client-1.pcapng": relative to the run folder. A node called "lab" gets "captures/node-lab.pcapng".
std::filesystem::path client_capture_file(std::string_view node);

}  // namespace echolab::evidence

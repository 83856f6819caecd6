#pragma once
// Reads the run's captures into the ledger and tells how far each network's capture can be trusted.

#include <filesystem>
#include <string>
#include <vector>

#include "lab/artifacts/run_folder.h"
#include "lab/verify/endpoint_directory.h"
#include "lab/verify/ledger.h"

namespace echolab::verify {

struct NetworkEvidence {
  bool complete = false;
  std::string why;   // it is not complete, as a clause: "the capture of lab lost 3 packets"
  std::string file;  // relative to the run folder; empty: none
};

struct WireReading {
  std::vector<NetworkEvidence> networks;  // in the plan's order
  std::uint64_t packets = 0;
  std::vector<std::string> notes;
};

// One file that holds the traffic of every network of the plan, with nothing to prove it complete but itself: it is taken
// to be, unless it is cut off, broken, or says that packets were dropped.
WireReading read_single_capture(const std::filesystem::path& file, Ledger& ledger, EndpointDirectory& directory);

WireReading read_wire(const artifacts::RunFolder& run, Ledger& ledger, EndpointDirectory& directory);

}  // namespace echolab::verify

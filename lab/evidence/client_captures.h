#pragma once
// One capture file per client node, filled while frames pass by. A thousand of them share 16 MiB of buffers and never
// more than one descriptor.

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "lab/artifacts/run_folder.h"
#include "lab/base/file.h"
#include "lab/capture/pcapng_writer.h"
#include "lab/evidence/write_captures.h"
#include "lab/plan/plan.h"

namespace echolab::evidence {

class ClientCaptures {
 public:
  // A file for each client of a captured network; the others have no frames anywhere. `about_all`: further comments on
  // the section.
  ClientCaptures(const std::filesystem::path& run_folder, const plan::Plan& plan, const artifacts::EngineRecord& engine,
                 const std::vector<NetworkEvidence>& captured, const std::vector<std::string>& about_all = {});

  // The frame goes into the files of those clients it concerns; `number` is its number in lab.pcapng.
  void add(const capture::Frame& frame, std::uint64_t number, std::span<const std::string> comments);
  // Gives the files, which have temporary names until then, their own.
  void publish();

 private:
  struct Client {
    PendingFile pending;
    capture::PcapngWriter file;
    std::uint64_t packets = 0;
    std::int64_t first_time_ns = 0, last_time_ns = 0;
  };
  struct AddressHash {
    std::size_t operator()(const IpAddress& address) const;
  };

  std::vector<Client> clients_;
  std::unordered_map<IpAddress, std::size_t, AddressHash> by_address_;  // index into clients_
  std::map<MacAddress, std::size_t> by_mac_;
};

}  // namespace echolab::evidence

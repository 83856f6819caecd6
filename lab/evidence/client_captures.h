#pragma once
// One capture file per client node, filled while frames pass by. A thousand of them share 16 MiB of buffers and never
// more than one descriptor.

#include <filesystem>
#include <map>
#include <unordered_map>
#include <vector>

#include "lab/artifacts/run_folder.h"
#include "lab/capture/pcapng_writer.h"
#include "lab/plan/plan.h"

namespace echolab::evidence {

class ClientCaptures {
 public:
  struct Network {
    std::size_t plan_index = 0;
    std::uint16_t link_type = 1;
    std::uint32_t snaplen = 0;
  };

  // A file for each client of a captured network; the others have no frames anywhere.
  ClientCaptures(const std::filesystem::path& run_folder, const plan::Plan& plan, const artifacts::EngineRecord& engine,
                 const std::vector<Network>& captured);

  // The frame goes into the files of those clients it concerns; `number` is its number in lab.pcapng.
  void add(const capture::Frame& frame, std::uint64_t number);
  void close();

 private:
  struct Client {
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

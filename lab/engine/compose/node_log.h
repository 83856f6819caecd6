#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "lab/base/address.h"
#include "lab/engine/compose/evidence_folder.h"

namespace echolab::engine {

// Follows what one node writes to its folder while it runs. Holds the folder and the event log open.
class NodeLog {
 public:
  explicit NodeLog(std::filesystem::path folder) : path_(std::move(folder)) {}

  // Reads what was added since the last call.
  void read_on();

  const std::filesystem::path& path() const { return path_; }
  const std::optional<IpAddress>& address() const { return address_; }
  bool ready() const { return ready_; }
  std::uint64_t echoed() const { return echoed_; }  // messages of a client whose echo came in time
  bool ended() const { return exit_text_.has_value(); }
  std::optional<int> exit_code() const;  // nullopt while it runs, and when it can't be read

 private:
  void take_line(std::string_view line);

  std::filesystem::path path_;
  std::optional<EvidenceFolder> folder_;
  UniqueFd events_;
  std::string partial_;
  std::optional<IpAddress> address_;
  std::optional<std::string> exit_text_;
  std::uint64_t echoed_ = 0;
  bool ready_ = false;
};

}  // namespace echolab::engine

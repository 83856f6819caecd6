#pragma once
// Event lines of docs/events.md. They are rare here, so each is written at once.

#include <cstdint>
#include <string>
#include <string_view>

#include "services/common/unique_fd.h"

namespace echo {

// `text` as a JSON string with its quotes: ASCII only, every other byte as \u00XX.
std::string json_string(std::string_view text);

class EventWriter {
 public:
  EventWriter() = default;                               // writes nothing
  explicit EventWriter(const std::string& destination);  // a file, or "-" for standard error; throws Failure

  bool enabled() const { return fd_ >= 0; }
  // `members` are further JSON members, as in `"interface":"eth0","snaplen":2048`; may be empty.
  void write(std::string_view event, const std::string& members = {});

 private:
  UniqueFd file_;
  int fd_ = -1;
};

}  // namespace echo

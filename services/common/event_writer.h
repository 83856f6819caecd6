#pragma once
// Event lines of docs/events.md for programs in which they are rare: each is written at once, by the program's own
// thread. The echo server and client, which must not wait, have event_log.h.

#include <string>
#include <string_view>

#include "services/common/event.h"
#include "services/common/unique_fd.h"

namespace echo {

// `text` as a JSON string with its quotes: valid UTF-8 as it is, controls as \u00XX, other bytes as U+FFFD.
std::string json_string(std::string_view text);

class EventWriter {
 public:
  EventWriter() = default;                               // writes nothing
  explicit EventWriter(const std::string& destination);  // a file, or "-" for standard error; throws Failure

  bool enabled() const { return fd_ >= 0; }
  // `members` are further JSON members, as in `"interface":"eth0","snaplen":2048`; may be empty.
  void write(Word event, const std::string& members = {});

 private:
  UniqueFd file_;
  int fd_ = -1;
};

}  // namespace echo

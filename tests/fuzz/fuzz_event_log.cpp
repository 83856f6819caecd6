// libFuzzer target: the event-log reader on arbitrary bytes. tests/fuzz/corpus/event_log is replayed by test_verify.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "lab/verify/event_log.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  echolab::verify::EventLine line;
  while (!rest.empty()) {
    const auto newline = rest.find('\n');
    if (line.parse(rest.substr(0, newline))) {
      line.hash();
      line.number("message");
      line.text("local");
    }
    if (newline == std::string_view::npos) break;
    rest.remove_prefix(newline + 1);
  }
  return 0;
}

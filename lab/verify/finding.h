#pragma once
// What a check says, with the evidence it stands on.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lab/scenario/check.h"

namespace echolab::verify {

enum class Outcome : std::uint8_t { passed, failed, inconclusive, not_run };
std::string_view to_string(Outcome outcome);

// Where to look: a packet of a capture (from 1), or a line of a log (from 1).
struct Evidence {
  enum class Kind : std::uint8_t { packet, line } kind = Kind::packet;
  std::string file;  // relative to the run folder
  std::uint64_t number = 0;
  bool operator==(const Evidence&) const = default;
};

struct Finding {
  std::string check;    // id of the plan's check
  std::string subject;  // node, or "client-3#2" for client 2 of a container; "lab" for the whole
  Outcome outcome = Outcome::not_run;
  scenario::Level level = scenario::Level::error;
  std::string message;               // one sentence: what was seen; names message number and packet number
  std::string hint;                  // what to look at when it failed; may be empty
  std::uint32_t message_number = 0;  // 0: not about one message
  std::string expected, got;         // escaped for display, at most 64 characters each; may be empty
  std::vector<Evidence> evidence;
};

// Per exchange, for the table of clients.
struct ExchangeSummary {
  std::string subject;
  std::string local;  // the client's endpoint on the wire; empty when it never sent
  std::string server;
  std::string protocol;
  std::uint64_t planned = 0, sent = 0, echoed = 0, lost = 0, late = 0, duplicated = 0, altered = 0, unsolicited = 0;
  std::uint64_t rtt_min_ns = 0, rtt_p50_ns = 0, rtt_p99_ns = 0, rtt_max_ns = 0;  // from the capture; 0: none
};

struct Verdict {
  Outcome outcome = Outcome::not_run;
  std::vector<Finding> findings;           // one per planned check and subject, in the plan's order
  std::vector<ExchangeSummary> exchanges;  // one per planned exchange, in the plan's order
  std::uint64_t packets = 0;
  std::vector<std::string> notes;  // why evidence is incomplete, and other things a reader must know
};

}  // namespace echolab::verify

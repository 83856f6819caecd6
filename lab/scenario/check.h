#pragma once
// One thing that a run is judged by, as its author meant it. What each kind asks is in check_kinds.h and docs/checks.md.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lab/base/address.h"
#include "lab/base/clock.h"

namespace echolab::scenario {

enum class CheckKind : std::uint8_t {
  echoes_match,
  nothing_else_echoed,
  own_port,
  counts,
  loss,
  round_trip,
  duplicates,
  reordering,
  unsolicited,
  bound_port,
  payload_contains,
  udp_header,
  tcp_handshake,
  tcp_close,
  no_reset,
  retransmissions,
  zero_windows,
  accept_order,
  served_at_once,
  logs_agree,
  log_line,
};

// A failed warning is shown, but never decides about the run.
enum class Level : std::uint8_t { error, warning };

// So many, or so many of a hundred: "3", "1.5%".
struct Amount {
  double value = 0;
  bool percent = false;
  bool operator==(const Amount&) const = default;
};

enum class Sides : std::uint8_t { client, server, both };

// What the kinds ask beyond what all checks have; each struct belongs to the kinds named beside it.
struct NoTerms {
  bool operator==(const NoTerms&) const = default;
};
struct LossTerms {  // loss
  Amount at_most;
  bool operator==(const LossTerms&) const = default;
};
struct RoundTripTerms {  // round_trip
  double percentile = 99;
  Nanoseconds at_most{0};
  bool operator==(const RoundTripTerms&) const = default;
};
struct SurplusTerms {  // duplicates, reordering, unsolicited
  std::uint64_t at_most = 0;
  bool operator==(const SurplusTerms&) const = default;
};
struct PortTerms {           // bound_port
  std::optional<Port> port;  // unset: the server's planned one
  bool operator==(const PortTerms&) const = default;
};
enum class Encoding : std::uint8_t { any, utf8, cp949 };
enum class PayloadStreams : std::uint8_t { requests, echoes, both };
struct PayloadTerms {  // payload_contains
  std::string text;    // a template
  Encoding encoding = Encoding::any;
  PayloadStreams in = PayloadStreams::requests;
  bool all_messages = false;
  bool operator==(const PayloadTerms&) const = default;
};
enum class ChecksumRule : std::uint8_t { valid, required, any };
struct HeaderTerms {  // udp_header
  ChecksumRule checksum = ChecksumRule::valid;
  std::optional<std::uint16_t> length;  // bytes of header and data
  bool operator==(const HeaderTerms&) const = default;
};
struct SegmentTerms {                              // retransmissions, zero_windows
  std::optional<std::uint64_t> at_least, at_most;  // at least one of them
  Sides of = Sides::both;
  bool operator==(const SegmentTerms&) const = default;
};
enum class LogStream : std::uint8_t { any, standard_output, standard_error, events };
struct LogLineTerms {   // log_line
  std::string matches;  // RE2, with the {variables} of the scenario
  bool of_server = false;
  LogStream stream = LogStream::any;
  std::uint64_t at_least = 1;
  std::optional<std::uint64_t> at_most;
  bool operator==(const LogLineTerms&) const = default;
};
using CheckTerms = std::variant<NoTerms, LossTerms, RoundTripTerms, SurplusTerms, PortTerms, PayloadTerms, HeaderTerms,
                                SegmentTerms, LogLineTerms>;

struct Check {
  std::string id;  // unique; defaults to the kind's name
  CheckKind kind = CheckKind::echoes_match;
  double points = 1;
  std::size_t line = 0;  // in the scenario file, for reports
  Level level = Level::error;
  bool negated = false;                    // passed and failed swap
  std::vector<std::string> applies_to;     // client groups; empty: all
  std::vector<std::string> prerequisites;  // ids of other checks, without cycles
  std::string passed, failed, hint;        // templates that lead or replace the built-in sentences; may be empty
  CheckTerms terms;
  bool operator==(const Check&) const = default;

  bool applies_to_group(const std::string& group) const;
};

}  // namespace echolab::scenario

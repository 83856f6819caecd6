#pragma once
// Words and marks that every report uses alike.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "lab/report/table.h"
#include "lab/verify/finding.h"

namespace echolab::report {

Emphasis emphasis_of(verify::Outcome outcome);
std::string_view verdict_word(verify::Outcome outcome);  // "PASSED", for the whole
std::string_view finding_word(verify::Outcome outcome);  // "FAILED", "UNCLEAR": for one finding
std::string round_trip_text(std::uint64_t nanoseconds);  // "210 us"; "-" for none

// A display filter for the first packets of a finding: "frame.number==7 || frame.number==9".
std::string frame_filter(std::span<const std::uint64_t> packets);
// As one word of a POSIX shell, quoted where it must be. For people to copy; nothing here is ever run.
std::string shell_word(std::string_view text);

}  // namespace echolab::report

#pragma once
// The two files that the assignment asks for: a capture of an own echo exchange, and a picture of the terminals.

#include <filesystem>
#include <optional>
#include <string>

#include "lab/scenario/scenario.h"
#include "lab/verify/finding.h"

namespace echolab::submission {

// Check ids "hand_in_capture" and "hand_in_picture", subject the student's id. Failed with a reason when the file is
// missing, unreadable or not as asked; never an exception for what a student did. The files are clean copies of take_in.

// `asked.texts` filled in with the identity must each be in a request whose echo came back with the same bytes; the
// evidence cites both packets. `name` is what evidence calls the file. Inconclusive when a text needs something that the
// identity does not say: that is the roster's fault.
verify::Finding judge_capture(const std::optional<std::filesystem::path>& file, const std::string& name,
                              const scenario::HandIn& asked, const scenario::Identity& identity);

// A PNG of 200 × 100 to 8000 × 8000 pixels that can be decoded and is not blank. Another format under that name, such as
// JPEG, is refused and named.
verify::Finding judge_picture(const std::optional<std::filesystem::path>& file, const std::string& name,
                              const scenario::HandIn& asked, const scenario::Identity& identity);

}  // namespace echolab::submission

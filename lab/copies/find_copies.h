#pragma once
// Work that two students share, for people to look at: no mark follows from it. docs/copies.md says what is compared.

#include <filesystem>
#include <string>
#include <vector>

#include "lab/marks/class_result.h"

namespace echolab::copies {

// What was taken in from one student: submission/ of the student's folder, with program/ and <id>.pcapng (or .pcap)
// in it.
struct Work {
  std::string student;
  std::filesystem::path folder;
};

// In the order of `works`: pairs of captures ("capture"), single captures that bear signs of editing ("edited capture",
// `second` is empty), pairs of programs ("program"). Never throws for what is in a file.
std::vector<marks::Alike> find_copies(const std::vector<Work>& works);

// Signs that a capture was edited after it was taken, a sentence each; empty: none seen.
std::vector<std::string> signs_of_editing(const std::filesystem::path& capture);

}  // namespace echolab::copies

#pragma once
// Work that two students share, for people to look at: no mark follows from it.

#include <filesystem>
#include <string>
#include <vector>

#include "lab/marks/class_result.h"

namespace echolab::copies {

// What was taken in from one student: submission/ of the student's folder, with program/ and <id>.pcapng in it.
struct Work {
  std::string student;
  std::filesystem::path folder;
};

// Pairs in the order of `works`, captures first. Never throws for what is in a file.
std::vector<marks::Alike> find_copies(const std::vector<Work>& works);

// Signs that a capture was edited after it was taken, a sentence each; empty: none seen.
std::vector<std::string> signs_of_editing(const std::filesystem::path& capture);

}  // namespace echolab::copies

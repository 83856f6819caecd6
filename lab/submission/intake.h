#pragma once
// What a student handed in, taken into the batch's own folder: the only place where files of students are opened by
// name. They are hostile: no link is followed, nothing but regular files is read, names are only data.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lab/marks/student.h"

namespace echolab::submission {

struct IntakeLimits {
  std::uint64_t file_bytes = 16u << 20, all_bytes = 64u << 20;  // of the program's files, unpacked
  std::uint64_t hand_in_bytes = 256u << 20;                     // of a capture or a picture
  std::size_t files = 2000, depth = 16, name_bytes = 255;
};

struct Rejected {
  std::string name;    // as found, not escaped; relative to SUBMISSIONS, or inside the archive or folder
  std::string reason;  // "a symbolic link"
};

struct Intake {
  // Of the program, unless only a capture or a picture was handed in. unreadable: nothing of the program is kept, since
  // half of it would be another program; hand-ins beside it may still be there.
  enum class State : std::uint8_t { taken, missing, empty, unreadable } state = State::missing;
  std::string reason;             // one sentence, when not taken
  std::filesystem::path program;  // folder with clean copies, mode 0644 and 0755; empty when there are none
  std::string sha256;             // of names and contents of all that was taken; empty when that is nothing
  std::optional<std::filesystem::path> capture, picture;  // clean copies of the hand-ins
  std::vector<Rejected> rejected;                         // at most 100, then one without a name that counts the rest
};

// Looks for SUBMISSIONS/<id>/, <id>.zip, <id>.tar, <id>.tar.gz, <id>.tgz (a program, possibly with hand-ins inside), and
// <id>.pcapng, <id>.pcap, <id>.png beside them. A single folder that an archive is wrapped in is stripped. Copies go to
// `destination`, which must not exist or be empty: program/…, <id>.pcapng or .pcap, <id>.png. Never throws for what a
// student did; throws EnvironmentError when the destination can't be written or SUBMISSIONS can't be read.
Intake take_in(const std::filesystem::path& submissions, const marks::Student& student,
               const std::filesystem::path& destination, const IntakeLimits& limits = {});

// Entries of SUBMISSIONS that belong to nobody in the roster, sorted: misnamed work shows up here. Not those that systems
// leave behind (.DS_Store) and other hidden ones.
std::vector<std::string> unclaimed(const std::filesystem::path& submissions,
                                   const std::vector<marks::Student>& students);

}  // namespace echolab::submission

#pragma once
// One student's files on their way into the destination: what is kept, where it goes, and what is said of the rest.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "lab/submission/archive_reader.h"
#include "lab/submission/clean_tree.h"
#include "lab/submission/intake.h"

namespace echolab::submission {

// A file of a submission can't be read to its end: it is rejected, with what().
class EntryReadError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Gathering {
 public:
  // Makes the destination. Fills in hand-ins and rejected entries.
  Gathering(Intake& intake, std::string id, std::filesystem::path destination, const IntakeLimits& limits);

  void reject(std::string name, std::string reason);
  // A file of the program, or a hand-in that lies among them: at the top or one folder below, named after the student.
  void add_file(const std::string& name, bool executable, const ReadPiece& read);
  // A capture or a picture. Whoever comes first is kept.
  void add_hand_in(const std::string& name, bool capture, const std::string& extension, const ReadPiece& read);

  // Everything below the folder that is open there.
  void add_folder(int folder, const std::filesystem::path& name_for_errors) { walk(folder, "", name_for_errors); }
  void add_archive(int fd, ArchiveReader::Format format);
  // After the last file: counts, unwraps, takes the digest. False when there is no program.
  bool finish_program(bool wrapped);
  void drop_program();
  void finish();

 private:
  void walk(int folder, const std::string& prefix, const std::filesystem::path& name_for_errors);
  void walk_below(int folder, const std::string& name, const std::string& path,
                  const std::filesystem::path& name_for_errors);
  void add_found_file(int folder, const std::string& name, const std::string& path);
  void count_entry();
  bool too_many_rejected_to_tell() const { return intake_.rejected.size() >= most_told; }

  static constexpr std::size_t most_told = 100;
  static constexpr std::size_t entries_per_file = 10;  // rejected ones and folders count too

  Intake& intake_;
  std::string id_;
  std::filesystem::path destination_;
  IntakeLimits limits_;
  UniqueFd folder_;
  std::unique_ptr<CleanTree> tree_;  // made with the first file of the program
  std::size_t entries_ = 0, untold_ = 0;
};

// A descriptor's bytes piece by piece, through one buffer; throws EntryReadError.
ReadPiece pieces_of(int fd);

// ".pcapng", ".pcap" or ".png" in lower case when the name is the student's hand-in, else empty.
std::string hand_in_extension(std::string_view name, std::string_view id);

}  // namespace echolab::submission

#pragma once
// What happened to each student of a batch, on the disk before it counts. One line per record: eight hexadecimal digits of
// CRC-32 (zlib's) over the rest, a space, a JSON object. A killed controller leaves at most its last line torn.

#include <filesystem>
#include <map>
#include <string>

#include "lab/base/file.h"

namespace echolab::grade {

struct JournalState {
  int attempts = 0;    // that were started
  std::string digest;  // SHA-256 of result.json; empty: not finished
};

class Journal {
 public:
  // Opens or creates it and takes its lock, which ends with this process. What a torn or altered line said is forgotten.
  // Throws EnvironmentError, also when another controller is at work on the batch.
  explicit Journal(const std::filesystem::path& file);

  const std::map<std::string, JournalState>& students() const { return students_; }
  std::size_t damaged() const { return damaged_; }  // lines that were not what was written

  // Each is on the disk when it returns.
  void started(const std::string& student, int attempt);
  void finished(const std::string& student, const std::string& digest);

 private:
  void read(const std::string& content);
  void append(const std::string& record);

  std::filesystem::path file_;
  UniqueFd fd_;
  std::map<std::string, JournalState> students_;
  std::size_t damaged_ = 0;
};

}  // namespace echolab::grade

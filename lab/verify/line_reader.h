#pragma once
// A log file line by line, in bounded memory: of a longer line only the beginning is kept.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "lab/base/file.h"

namespace echolab::verify {

class LineReader {
 public:
  // Throws EnvironmentError when the file exists but cannot be read.
  LineReader(const std::filesystem::path& file, std::size_t longest);

  // False at the end of the file. What follows the last line end is a line too.
  bool next();
  std::string_view line() const { return line_; }   // without its end; valid until the next call
  bool too_long() const { return too_long_; }       // then the line is only its beginning
  std::uint64_t number() const { return number_; }  // of the line, from 1
  bool exists() const { return static_cast<bool>(file_); }

 private:
  std::size_t read_some();  // 0 at the end of the file

  UniqueFd file_;
  std::filesystem::path name_;
  std::size_t longest_;
  std::string buffer_;  // bytes begin_ to end_ wait
  std::size_t begin_ = 0, end_ = 0;
  std::string line_;
  bool too_long_ = false;
  std::uint64_t number_ = 0;
};

}  // namespace echolab::verify

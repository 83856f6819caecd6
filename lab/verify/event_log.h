#pragma once
// Event logs (docs/events.md) read line by line. What a program wrote is untrusted: a line that is no event of ours is
// skipped and counted, whatever it holds.

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "lab/verify/line_reader.h"

namespace echolab::verify {

// One line: a flat JSON object. Views point into the line.
class EventLine {
 public:
  // False when it is no complete flat object that begins with "v":1 and has an "event".
  bool parse(std::string_view line);

  std::string_view event() const { return event_; }
  // Value of a string key, escapes left as written; nullopt when it is missing or of another type.
  std::optional<std::string_view> text(std::string_view key) const;
  // Value of an integer key from 0 on; nullopt when it is missing, negative, of another type or too large.
  std::optional<std::uint64_t> number(std::string_view key) const;
  std::optional<std::uint64_t> hash() const;  // the 16 hexadecimal digits of "hash"

 private:
  struct Field {
    std::string_view key, value;
    bool is_text = false;
  };
  const Field* find(std::string_view key) const;

  std::array<Field, 32> fields_{};
  std::size_t size_ = 0;
  std::string_view event_;
};

class EventLog {
 public:
  static constexpr std::size_t longest_line = 4096;  // docs/events.md

  // Throws EnvironmentError when the file exists but cannot be read.
  explicit EventLog(const std::filesystem::path& file);

  // The next event, valid until the next call; false at the end.
  bool next(EventLine& line);
  std::uint64_t line_number() const { return lines_.number(); }  // of the last event, from 1
  std::uint64_t skipped() const { return skipped_; }             // lines that were no events
  bool exists() const { return lines_.exists(); }

 private:
  LineReader lines_;
  std::uint64_t skipped_ = 0;
};

}  // namespace echolab::verify

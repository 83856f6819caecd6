#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "lab/artifacts/run_folder.h"

namespace echolab::artifacts {

// A file that is appended to through a small buffer and is open only while it is flushed: a thousand nodes with three
// streams each must not hold three thousand descriptors.
class CappedFile {
 public:
  CappedFile(std::filesystem::path file, std::uint64_t cap, std::size_t tail);
  void append(std::string_view bytes);
  void flush();               // writes what is buffered
  void close();               // flush, then the tail behind a line that says how much was cut
  std::uint64_t cut() const;  // bytes that are neither in the beginning nor in the tail

 private:
  std::filesystem::path file_;
  std::uint64_t cap_, written_ = 0, over_ = 0;
  std::size_t tail_size_;
  std::string buffer_, tail_;
};

// nodes/<name>/: stdout, stderr, events.jsonl, exit.json.
class NodeStreams final : public NodeWriter {
 public:
  NodeStreams(std::filesystem::path folder, bool splits_events, const StreamCaps& caps, EventLineObserver on_event);
  ~NodeStreams() override;

  void write_stdout(std::string_view bytes) override;
  void write_stderr(std::string_view bytes) override;
  void write_exit(const NodeExit& exit) override;
  std::string last_lines(std::size_t lines) const override;
  void flush();

 private:
  void take_line(std::string_view line);  // with its newline

  std::filesystem::path folder_;
  bool splits_events_;
  bool closed_ = false;
  CappedFile stdout_, stderr_, events_;
  std::uint64_t events_cap_, events_size_ = 0, events_cut_ = 0;
  EventLineObserver on_event_;
  std::string partial_;  // of standard error: a line whose end has not come yet
  std::string recent_;   // the end of what was shown to people on both streams
};

}  // namespace echolab::artifacts

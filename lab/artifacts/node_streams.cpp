#include "lab/artifacts/node_streams.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "lab/artifacts/records.h"
#include "lab/base/error.h"

namespace echolab::artifacts {

namespace {

constexpr std::size_t buffer_size = 4096;         // per stream: with 1,000 nodes this stays at 12 MiB
constexpr std::size_t longest_event = 64 * 1024;  // a longer line is not an event line of ours
constexpr std::size_t recent_size = 4096;
constexpr std::string_view event_begin = "{\"v\":1";

}  // namespace

CappedFile::CappedFile(std::filesystem::path file, std::uint64_t cap, std::size_t tail)
    : file_(std::move(file)), cap_(cap), tail_size_(tail) {
  create_file(file_);  // so that an empty stream is an empty file, not a missing one
}

void CappedFile::append(std::string_view bytes) {
  const std::uint64_t room = cap_ - written_;
  const std::string_view kept = bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(room, bytes.size())));
  buffer_ += kept;
  written_ += kept.size();
  if (buffer_.size() >= buffer_size) flush();
  bytes.remove_prefix(kept.size());
  if (bytes.empty()) return;
  over_ += bytes.size();
  if (bytes.size() > tail_size_) bytes.remove_prefix(bytes.size() - tail_size_);
  tail_ += bytes;
  // Cut only at twice the size, so that a flood of short lines does not move the tail for each of them.
  if (tail_.size() > 2 * tail_size_) tail_.erase(0, tail_.size() - tail_size_);
}

void CappedFile::flush() {
  if (buffer_.empty()) return;
  const UniqueFd fd(::open(file_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) throw EnvironmentError("append to " + file_.string(), errno_text(errno), "");
  write_all(fd.get(), buffer_, file_);
  buffer_.clear();
}

void CappedFile::close() {
  if (over_ > 0) {
    if (tail_.size() > tail_size_) tail_.erase(0, tail_.size() - tail_size_);
    buffer_ += fmt::format("\n[echolab: {} bytes left out here]\n", cut());
    buffer_ += tail_;
  }
  flush();
}

std::uint64_t CappedFile::cut() const {
  return over_ - std::min<std::uint64_t>(over_, std::min(tail_.size(), tail_size_));
}

NodeStreams::NodeStreams(std::filesystem::path folder, bool splits_events, const StreamCaps& caps,
                         EventLineObserver on_event)
    : folder_(std::move(folder)),
      splits_events_(splits_events),
      stdout_(folder_ / "stdout", caps.stdout_bytes, caps.tail_bytes),
      stderr_(folder_ / "stderr", caps.stderr_bytes, caps.tail_bytes),
      events_(folder_ / "events.jsonl", caps.events_bytes, 0),
      events_cap_(caps.events_bytes),
      on_event_(std::move(on_event)) {}

NodeStreams::~NodeStreams() {
  try {
    flush();
  } catch (const EnvironmentError&) {
    // A full disk was already reported by the write that met it first; a destructor has nobody to tell.
  }
}

void NodeStreams::write_stdout(std::string_view bytes) {
  if (closed_) return;
  stdout_.append(bytes);
  recent_ += bytes.substr(bytes.size() - std::min(bytes.size(), recent_size));
  if (recent_.size() > 2 * recent_size) recent_.erase(0, recent_.size() - recent_size);
}

void NodeStreams::write_stderr(std::string_view bytes) {
  if (closed_) return;
  if (!splits_events_) return take_line(bytes);
  while (!bytes.empty()) {
    const auto newline = bytes.find('\n');
    if (newline == std::string_view::npos) {
      partial_ += bytes;
      if (partial_.size() > longest_event) {
        take_line(partial_);
        partial_.clear();
      }
      return;
    }
    const std::string_view line = bytes.substr(0, newline + 1);
    if (partial_.empty()) {
      take_line(line);
    } else {
      partial_ += line;
      take_line(partial_);
      partial_.clear();
    }
    bytes.remove_prefix(newline + 1);
  }
}

void NodeStreams::take_line(std::string_view line) {
  if (!splits_events_ || !line.starts_with(event_begin) || !line.ends_with('\n')) {
    stderr_.append(line);
    recent_ += line.substr(line.size() - std::min(line.size(), recent_size));
    if (recent_.size() > 2 * recent_size) recent_.erase(0, recent_.size() - recent_size);
    return;
  }
  // The log ends at a whole line, and nothing follows the first line that was left out.
  if (events_cut_ > 0 || events_size_ + line.size() > events_cap_) {
    events_cut_ += line.size();
  } else {
    events_size_ += line.size();
    events_.append(line);
  }
  if (on_event_) on_event_(line.substr(0, line.size() - 1));
}

void NodeStreams::flush() {
  stdout_.flush();
  stderr_.flush();
  events_.flush();
}

void NodeStreams::write_exit(const NodeExit& exit) {
  if (closed_) return;
  if (!partial_.empty()) take_line(std::exchange(partial_, {}));
  closed_ = true;
  stdout_.close();
  stderr_.close();
  events_.close();
  NodeExit complete = exit;
  complete.stdout_cut = stdout_.cut();
  complete.stderr_cut = stderr_.cut();
  complete.events_cut = events_cut_;
  write_file_atomically(folder_ / "exit.json", to_json(complete));
}

std::string NodeStreams::last_lines(std::size_t lines) const {
  std::string_view text = recent_;
  if (text.ends_with('\n')) text.remove_suffix(1);
  std::size_t begin = text.size();
  for (std::size_t i = 0; i < lines; ++i) {
    const auto newline = begin == 0 ? std::string_view::npos : text.rfind('\n', begin - 1);
    if (newline == std::string_view::npos) return std::string(text);
    begin = newline;
  }
  return std::string(text.substr(begin + 1));
}

}  // namespace echolab::artifacts

#include "lab/engine/job_streams.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace echolab::engine {

namespace {

constexpr std::size_t beginning_size = 256u << 10, end_size = 16u << 10;
constexpr std::size_t most_events = 1u << 20;
constexpr std::size_t longest_event = 64u << 10;  // a longer line is no event line
constexpr std::string_view event_begin = R"({"v":1)";

}  // namespace

void BoundedText::append(std::string_view bytes) {
  const std::string_view first = bytes.substr(0, beginning_size - beginning_.size());
  beginning_ += first;
  bytes.remove_prefix(first.size());
  over_ += bytes.size();
  end_ += bytes.substr(bytes.size() - std::min(bytes.size(), end_size));
  // Cut only at twice the size, so that a flood of short lines does not move the end for each of them.
  if (end_.size() > 2 * end_size) end_.erase(0, end_.size() - end_size);
}

std::uint64_t BoundedText::cut() const {
  return over_ - std::min<std::uint64_t>(over_, std::min(end_.size(), end_size));
}

std::string BoundedText::take() {
  const std::uint64_t left_out = cut();
  if (end_.size() > end_size) end_.erase(0, end_.size() - end_size);
  if (left_out > 0) beginning_ += fmt::format("\n[echolab: {} bytes left out here]\n", left_out);
  beginning_ += end_;
  return std::move(beginning_);
}

void JobStreams::take_output(std::string_view bytes) {
  const std::uint64_t room = most_output_ - output_.size();
  const std::string_view kept = bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(room, bytes.size())));
  output_ += kept;
  output_cut_ += bytes.size() - kept.size();
}

void JobStreams::take_errors(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t newline = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, newline == std::string_view::npos ? newline : newline + 1);
    partial_ += piece;
    bytes.remove_prefix(piece.size());
    if (newline == std::string_view::npos && partial_.size() <= longest_event) return;
    take_line(std::exchange(partial_, {}));
  }
}

void JobStreams::take_line(std::string_view line) {
  if (!line.starts_with(event_begin) || !line.ends_with('\n')) return errors_.append(line);
  // The log ends at a whole line, and nothing follows the first line that was left out.
  if (events_cut_ > 0 || events_.size() + line.size() > most_events) {
    events_cut_ += line.size();
  } else {
    events_ += line;
  }
}

void JobStreams::move_into(JobResult& result) {
  if (!partial_.empty()) take_line(std::exchange(partial_, {}));
  result.too_much_output = too_much_output();
  result.exit.stdout_cut = output_cut_;
  result.exit.stderr_cut = errors_.cut();
  result.exit.events_cut = events_cut_;
  result.output = std::move(output_);
  result.events = std::move(events_);
  result.errors = errors_.take();
}

}  // namespace echolab::engine

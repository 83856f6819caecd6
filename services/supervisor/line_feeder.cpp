#include "services/supervisor/line_feeder.h"

#include <algorithm>

namespace echo {

LineFeeder::LineFeeder(std::vector<std::string> lines, const Pace& pace) : lines_(std::move(lines)), pace_(pace) {
  lines_.emplace_back();
}

void LineFeeder::took_output(std::string_view bytes, Clock::time_point now) {
  if (bytes.empty()) return;
  const std::size_t echo = std::min(echo_left_, bytes.size());
  echo_left_ -= echo;
  last_output_ = now;
  within_line_ = bytes.back() != '\n';
  answered_ = answered_ || bytes.size() > echo;
}

std::optional<LineFeeder::Clock::time_point> LineFeeder::answer_complete_at() const {
  if (!answered_) return std::nullopt;
  return last_output_ + (within_line_ ? std::min<std::chrono::nanoseconds>(prompt_rest, pace_.quiet) : pace_.quiet);
}

std::optional<LineFeeder::Clock::time_point> LineFeeder::wake_at(Clock::time_point now) const {
  if (done() || !fed_at_) return std::nullopt;
  const auto latest = *fed_at_ + pace_.reply_timeout;
  const auto complete = answer_complete_at();
  if (!complete) return latest;
  return std::min<Clock::time_point>(*complete > now ? *complete : now + look_again, latest);
}

bool LineFeeder::is_due(Clock::time_point now, bool input_read) const {
  if (done() || !fed_at_) return false;
  if (now >= *fed_at_ + pace_.reply_timeout) return true;
  const auto complete = answer_complete_at();
  return input_read && complete && now >= *complete;
}

std::string LineFeeder::take_next(Clock::time_point now, bool echoed) {
  std::string line = lines_[next_++] + '\n';
  fed_at_ = now;
  answered_ = false;
  echo_left_ = echoed ? line.size() : 0;
  return line;
}

}  // namespace echo

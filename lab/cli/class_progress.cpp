#include "lab/cli/class_progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "lab/base/text.h"
#include "lab/report/class_words.h"

namespace echolab::cli {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t most_shown = 12;  // running students; more are counted

}  // namespace

void ClassProgress::begin(std::size_t students, std::size_t already_graded, const grade::Admission& admission) {
  students_ = students;
  before_ = already_graded;
  const std::string before = already_graded > 0 ? fmt::format(", {} of them already graded", already_graded) : "";
  say_line(fmt::format("{}{}; at most {} at once", counted(students, "student", "students"), before, admission.jobs));
}

void ClassProgress::started(const marks::Student& student) {
  running_[student.id] = {report::name_of(student), "waiting for a processor", Clock::now()};
}

void ClassProgress::phase(const marks::Student& student, std::string_view what) {
  running_[student.id].phase = what;
}

void ClassProgress::repeated(const marks::Student& student, std::string_view why) {
  running_.erase(student.id);
  say_line(fmt::format("  again  {}: {}", escape_for_terminal(report::name_of(student)), escape_for_terminal(why)));
}

void ClassProgress::finished(const marks::StudentResult& result) {
  running_.erase(result.student.id);
  switch (result.status) {
    case marks::Status::passed:
      ++passed_;
      break;
    case marks::Status::inconclusive:
      ++inconclusive_;
      break;
    case marks::Status::failed:
    case marks::Status::missing:
      ++failed_;
      break;
  }
  const std::string status = pad_right(to_string(result.status), 12);
  std::string line =
      fmt::format("{:>4}/{}  {}  {:>5g}/{:<5g} {}", before_ + passed_ + failed_ + inconclusive_, students_,
                  terminal_.error_style().paint(status, report::emphasis_of(result.status)), result.points, result.most,
                  pad_right(escape_for_terminal(report::name_of(result.student)), 24));
  if (!result.reason.empty()) line += "  " + cut_to_width(escape_for_terminal(result.reason), 120);
  say_line(line);
}

void ClassProgress::tick() {
  if (!live() || Clock::now() - drawn_ < redraw_every) return;
  drawn_ = Clock::now();
  const std::size_t columns = terminal_columns();
  std::string text;
  std::size_t lines = 0;
  for (const auto& [id, running] : running_) {
    if (lines == most_shown) {
      text += fmt::format("  and {} more\n", running_.size() - most_shown);
      ++lines;
      break;
    }
    const std::string line = fmt::format("  {}  {:5.1f} s  {}", pad_right(escape_for_terminal(running.name), 24),
                                         seconds_since(running.since), escape_for_terminal(running.phase));
    text += cut_to_width(line, columns - 1) + "\n";
    ++lines;
  }
  text += cut_to_width(summary(), columns - 1) + "\n";
  clear();
  terminal_.say(text);
  shown_lines_ = lines + 1;
}

// Everything that was drawn goes away; what is said after it stays.
void ClassProgress::clear() {
  if (shown_lines_ > 0) terminal_.say(fmt::format("\x1b[{}A\r\x1b[J", shown_lines_));
  shown_lines_ = 0;
}

void ClassProgress::say_line(const std::string& text) {
  clear();
  terminal_.say(text + "\n");
}

std::string ClassProgress::summary() const {
  const std::size_t done = passed_ + failed_ + inconclusive_;
  const std::size_t left = students_ - std::min(students_, before_ + done);
  const double elapsed = seconds_since(began_);
  std::string text = fmt::format("{:.0f} s · {} passed · {} failed · {} inconclusive · {} queued", elapsed, passed_,
                                 failed_, inconclusive_, left - std::min(left, running_.size()));
  if (done > 0 && left > 0) {
    text += fmt::format(" · about {:.0f} s left", elapsed / static_cast<double>(done) * static_cast<double>(left));
  }
  return text;
}

}  // namespace echolab::cli

#pragma once

#include <chrono>
#include <map>
#include <string>

#include "lab/cli/terminal.h"
#include "lab/grade/batch.h"

namespace echolab::cli {

// Shows a class being graded: on a terminal a line per running student and the counts, redrawn; elsewhere a line per
// finished student.
class ClassProgress final : public grade::BatchObserver {
 public:
  explicit ClassProgress(Terminal& terminal) : terminal_(terminal) {}
  ~ClassProgress() override { clear(); }

  void begin(std::size_t students, std::size_t already_graded, const grade::Admission& admission) override;
  void started(const marks::Student& student) override;
  void phase(const marks::Student& student, std::string_view what) override;
  void repeated(const marks::Student& student, std::string_view why) override;
  void finished(const marks::StudentResult& result) override;
  void tick() override;
  bool live() const override { return terminal_.live(); }
  void clear();

 private:
  struct Running {
    std::string name, phase = "waiting for a processor";
    std::chrono::steady_clock::time_point since;
  };
  void say_line(const std::string& text);
  std::string summary() const;

  Terminal& terminal_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point drawn_{};
  std::map<std::string, Running> running_;
  std::size_t students_ = 0, before_ = 0, passed_ = 0, failed_ = 0, inconclusive_ = 0;
  std::size_t shown_lines_ = 0;
};

}  // namespace echolab::cli

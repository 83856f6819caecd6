#pragma once
// A program on its terminal, from its start to the end of everything it left behind.

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/common/event_writer.h"
#include "services/common/output_stream.h"
#include "services/supervisor/ending.h"
#include "services/supervisor/signals.h"
#include "services/supervisor/terminal.h"

namespace echo {

// One thread, one poll(2). Its output is passed on as far as the reader of our standard output takes it; a program that
// writes faster waits, as on every terminal. What differs between a server and a client is in the classes below.
class TerminalRun {
 public:
  using Clock = std::chrono::steady_clock;
  struct Settings {
    std::vector<std::string> program;
    std::string work;
    std::chrono::nanoseconds grace;  // from SIGINT to SIGKILL
    bool echoes = false;
    bool stays = false;  // after the program's end, until it is stopped
  };

  TerminalRun(Settings settings, Signals& signals, EventWriter& events);
  TerminalRun(const TerminalRun&) = delete;
  TerminalRun& operator=(const TerminalRun&) = delete;
  virtual ~TerminalRun() = default;

  // The exit status. Throws Failure.
  int run();

 protected:
  // Called before the first wait; starts the program, or sees to that later.
  virtual void begin(Clock::time_point now) = 0;
  // Called once before each wait: does what is due, and says when it wants to be called again at the latest.
  virtual std::optional<Clock::time_point> act(Clock::time_point now) = 0;
  virtual void released() {}  // SIGUSR1 came
  virtual void took_output(std::string_view, Clock::time_point) {}

  void start_program();
  bool running() const { return pid_ > 0 && !ending_; }
  // SIGINT, then after the grace SIGKILL. The first reason stays: "stopped" or "time".
  void stop(Word reason, Clock::time_point now);
  void type(std::string_view text) { typed_ += text; }  // bounded by the lines of our own command line
  bool all_typed() const { return typed_.empty(); }
  Terminal& terminal() { return terminal_; }
  EventWriter& events() { return events_; }
  void read_all_output(Clock::time_point now);

 private:
  void wait(std::optional<Clock::time_point> until);
  bool read_output(Clock::time_point now);
  void type_more();
  void finish();
  int report_end();
  void stay();

  Settings settings_;
  Signals& signals_;
  EventWriter& events_;
  Terminal terminal_;
  OutputStream output_;
  bool output_ended_ = false;
  std::string typed_;  // not yet taken by the terminal
  pid_t pid_ = -1;
  std::optional<Ending> ending_;
  std::string not_executed_;  // why
  int exit_status_ = 0;
  std::optional<Word> reason_;  // why we ended it
  bool killed_ = false;         // it did not heed SIGINT
  std::optional<Clock::time_point> kill_at_;
};

}  // namespace echo

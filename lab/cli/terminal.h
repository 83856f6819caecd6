#pragma once
// The two streams a command talks to: results on standard output, progress and errors on standard error.

#include <chrono>
#include <string>
#include <string_view>

#include "lab/report/table.h"

namespace echolab::cli {

struct OutputOptions {
  bool json = false;
  bool quiet = false;
  std::string colour = "auto";  // auto, always, never
};

class Terminal {
 public:
  // Decides on colours once: --color, then NO_COLOR, CLICOLOR_FORCE, TERM=dumb, then whether it is a terminal.
  explicit Terminal(const OutputOptions& options);

  bool json() const { return options_.json; }
  bool quiet() const { return options_.quiet; }
  bool live() const { return live_; }  // standard error is a terminal that can redraw a line
  const report::Style& out_style() const { return out_style_; }
  const report::Style& error_style() const { return error_style_; }

  void print(std::string_view text);  // standard output; a closed pipe is not an error
  void say(std::string_view text);    // standard error, nothing when quiet

 private:
  OutputOptions options_;
  bool live_ = false;
  report::Style out_style_, error_style_;
};

// How often what is live is drawn again.
inline constexpr auto redraw_every = std::chrono::milliseconds(100);
double seconds_since(std::chrono::steady_clock::time_point begin);

// Of standard error; 80 where it can't be told.
std::size_t terminal_columns();

}  // namespace echolab::cli

#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "lab/cli/terminal.h"
#include "lab/engine/engine.h"

namespace echolab::cli {

// Shows a run while it goes on: one line that is redrawn on a terminal, a line per step elsewhere.
class Progress final : public engine::Observer {
 public:
  explicit Progress(Terminal& terminal);
  ~Progress() override;

  void step(std::string_view what) override;
  void nodes_ready(std::size_t ready, std::size_t all) override;
  void nodes_finished(std::size_t finished, std::size_t clients) override;
  void echoed(std::uint64_t messages, std::uint64_t expected) override;
  void tick() override;
  void clear();  // takes the live line away, before other text

 private:
  void redraw();

  Terminal& terminal_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point drawn_{};
  std::string step_;
  std::size_t ready_ = 0, nodes_ = 0, finished_ = 0, clients_ = 0;
  std::uint64_t echoed_ = 0, expected_ = 0;
  bool shown_ = false;
};

}  // namespace echolab::cli

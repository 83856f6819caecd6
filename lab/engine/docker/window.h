#pragma once
// Many calls with a bound on how many are under way: a sliding window, not chunks, so that one slow call
// holds up only its own place.

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>

#include "lab/docker_api/client.h"

namespace echolab::engine::docker {

// Starts job 0…count-1, at most `width` at once. Each job calls its `done` exactly once.
class Window {
 public:
  using Job = std::function<void(std::size_t index, std::function<void()> done)>;
  Window(std::size_t count, std::size_t width, Job job)
      : count_(count), width_(std::max<std::size_t>(width, 1)), job_(std::move(job)) {}
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  void begin() { fill(); }
  bool finished() const { return done_ == count_ || (stopped_ && done_ == next_); }
  std::size_t done() const { return done_; }
  void stop() { stopped_ = true; }  // starts no more; those under way finish

 private:
  void fill() {
    while (!stopped_ && next_ < count_ && next_ - done_ < width_) {
      const std::size_t index = next_++;
      job_(index, [this] {
        ++done_;
        fill();
      });
    }
  }

  std::size_t count_, width_, next_ = 0, done_ = 0;
  bool stopped_ = false;
  Job job_;
};

// Runs the loop until all are done.
inline void run_window(docker_api::Client& client, std::size_t count, std::size_t width, Window::Job job) {
  Window window(count, width, std::move(job));
  window.begin();
  client.loop().run_until([&window] { return window.finished(); }, Deadline::in(docker_api::longest_call));
}

}  // namespace echolab::engine::docker

#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>

#include "lab/base/clock.h"
#include "lab/base/file.h"

namespace echolab::engine::local {

// epoll(7): calls back for descriptors that are ready. A callback may add and remove descriptors, also its own.
class EventLoop {
 public:
  using Callback = std::function<void()>;
  EventLoop();

  void add(int fd, Callback ready);
  void wants_to_write(int fd, bool wanted);
  void remove(int fd);
  void wait(std::chrono::milliseconds most);  // and serves what is ready

 private:
  UniqueFd epoll_;
  std::unordered_map<int, Callback> callbacks_;
};

}  // namespace echolab::engine::local

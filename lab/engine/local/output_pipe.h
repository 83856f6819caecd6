#pragma once

#include <functional>
#include <string_view>

#include "lab/engine/local/event_loop.h"

namespace echolab::engine::local {

// One stream of a program: a pipe whose reading end the loop serves until its end of file.
class OutputPipe {
 public:
  using Sink = std::function<void(std::string_view)>;
  // `take` gets what comes; `ended` is called once, after the last of it.
  OutputPipe(EventLoop& loop, Sink take, std::function<void()> ended);
  OutputPipe(const OutputPipe&) = delete;
  OutputPipe& operator=(const OutputPipe&) = delete;
  ~OutputPipe() { close(); }

  int writing_end() const { return write_.get(); }
  void release_writing_end() { write_.reset(); }  // somebody else has it now
  bool ended() const { return !read_; }

 private:
  void read_some();
  void close();

  EventLoop& loop_;
  Sink take_;
  std::function<void()> ended_;
  UniqueFd read_, write_;
};

}  // namespace echolab::engine::local

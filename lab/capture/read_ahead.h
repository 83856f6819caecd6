#pragma once
// Reads the next piece of a file in a thread of its own while the last one is worked on.

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "lab/capture/byte_source.h"

namespace echolab::capture {

// Two buffers go round between the thread and the reader. Each has room in front of its bytes, where the reader puts
// what it has not used up of the one before.
class ReadAhead {
 public:
  // `first` bytes that were read already come before the input's.
  ReadAhead(std::unique_ptr<ByteInput> input, std::size_t headroom, std::size_t piece);
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;
  ~ReadAhead();

  struct Piece {
    std::uint8_t* bytes = nullptr;  // after the headroom
    std::size_t size = 0;           // 0: the end
  };
  // The next piece; the one before is given back. Throws what reading threw.
  Piece next();
  // Moves over bytes behind those handed out, as ByteInput::seek_over. False: nothing was moved.
  bool seek_over(std::uint64_t bytes);
  // After the end.
  bool cut() const { return input_->cut(); }

 private:
  struct Buffer {
    std::unique_ptr<std::uint8_t[]> memory;
    std::size_t size = 0;
    bool full = false;
  };
  void work();

  std::unique_ptr<ByteInput> input_;
  std::size_t headroom_, piece_;
  std::array<Buffer, 2> buffers_;
  std::size_t filling_ = 0;  // the thread's next buffer
  std::size_t reading_ = 0;  // the reader's next buffer
  bool holds_one_ = false;   // the reader has the buffer before reading_
  bool ended_ = false, stop_ = false, busy_ = false, paused_ = false;
  std::exception_ptr failure_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::thread thread_;  // last: it uses all the others
};

}  // namespace echolab::capture

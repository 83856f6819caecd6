#include "lab/capture/read_ahead.h"

namespace echolab::capture {

ReadAhead::ReadAhead(std::unique_ptr<ByteInput> input, std::size_t headroom, std::size_t piece)
    : input_(std::move(input)), headroom_(headroom), piece_(piece) {
  for (Buffer& buffer : buffers_) buffer.memory = std::make_unique_for_overwrite<std::uint8_t[]>(headroom + piece);
  thread_ = std::thread([this] { work(); });
}

ReadAhead::~ReadAhead() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void ReadAhead::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stop_ || (!ended_ && !paused_ && !buffers_[filling_].full); });
    if (stop_) return;
    Buffer& buffer = buffers_[filling_];
    busy_ = true;
    lock.unlock();
    std::size_t size = 0;
    bool ended = false;
    std::exception_ptr failure;
    try {
      while (size < piece_ && !ended) {
        const std::size_t got = input_->read(buffer.memory.get() + headroom_ + size, piece_ - size);
        size += got;
        ended = got == 0;
      }
    } catch (...) {
      failure = std::current_exception();
      ended = true;
    }
    lock.lock();
    busy_ = false;
    ended_ = ended;
    failure_ = failure;
    buffer.size = size;
    buffer.full = size > 0;
    if (size > 0) filling_ = 1 - filling_;
    changed_.notify_all();
  }
}

ReadAhead::Piece ReadAhead::next() {
  std::unique_lock lock(mutex_);
  if (holds_one_) {
    buffers_[1 - reading_].full = false;
    holds_one_ = false;
    changed_.notify_all();
  }
  changed_.wait(lock, [this] { return buffers_[reading_].full || (ended_ && !busy_); });
  Buffer& buffer = buffers_[reading_];
  if (!buffer.full) {
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    return {};
  }
  holds_one_ = true;
  reading_ = 1 - reading_;
  return {buffer.memory.get() + headroom_, buffer.size};
}

bool ReadAhead::seek_over(std::uint64_t bytes) {
  std::unique_lock lock(mutex_);
  paused_ = true;
  changed_.wait(lock, [this] { return !busy_; });
  // What was read ahead, and is not handed out yet.
  Buffer& ahead = buffers_[reading_];
  const std::uint64_t known = ahead.full ? ahead.size : 0;
  const bool moved = bytes >= known && !ended_ && input_->seek_over(bytes - known);
  if (moved && ahead.full) {
    ahead.full = false;
    filling_ = reading_;
  }
  paused_ = false;
  changed_.notify_all();
  return moved;
}

}  // namespace echolab::capture

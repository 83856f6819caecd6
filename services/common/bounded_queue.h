#pragma once
// A bounded queue for many producers and one consumer, without locks and without allocation after construction
// (Dmitry Vyukov's array queue). A full queue refuses: the producer never waits.

#include <atomic>
#include <cstddef>
#include <memory>
#include <type_traits>

namespace echo {

template <typename T>
class BoundedQueue {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  // capacity must be a power of two.
  explicit BoundedQueue(std::size_t capacity) : cells_(new Cell[capacity]), mask_(capacity - 1) {
    for (std::size_t i = 0; i < capacity; ++i) cells_[i].sequence.store(i, std::memory_order_relaxed);
  }

  // Any thread. False when the queue is full.
  bool try_push(const T& value) {
    std::size_t position = tail_.load(std::memory_order_relaxed);
    for (;;) {
      Cell& cell = cells_[position & mask_];
      const std::size_t sequence = cell.sequence.load(std::memory_order_acquire);
      if (sequence == position) {
        if (tail_.compare_exchange_weak(position, position + 1, std::memory_order_relaxed)) {
          cell.value = value;
          cell.sequence.store(position + 1, std::memory_order_release);
          return true;
        }
      } else if (sequence < position) {
        return false;  // the consumer has not freed this cell yet
      } else {
        position = tail_.load(std::memory_order_relaxed);
      }
    }
  }

  // The consumer only: the oldest element, or nullptr; it stays until pop().
  const T* front() const {
    const Cell& cell = cells_[head_ & mask_];
    return cell.sequence.load(std::memory_order_acquire) == head_ + 1 ? &cell.value : nullptr;
  }
  void pop() {
    cells_[head_ & mask_].sequence.store(head_ + mask_ + 1, std::memory_order_release);
    ++head_;
  }

 private:
  struct Cell {
    std::atomic<std::size_t> sequence{0};
    T value;
  };

  std::unique_ptr<Cell[]> cells_;
  std::size_t mask_;
  alignas(64) std::atomic<std::size_t> tail_{0};
  alignas(64) std::size_t head_ = 0;
};

}  // namespace echo

#pragma once
// A bounded queue for many producers and one consumer, without locks and without allocation after construction
// (Dmitry Vyukov's array queue). A full queue refuses: the producer never waits.

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>

namespace echo {

template <typename T>
class BoundedQueue {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  // capacity must be a power of two.
  explicit BoundedQueue(std::size_t capacity)
      : cells_(static_cast<Cell*>(std::calloc(capacity, sizeof(Cell)))), mask_(capacity - 1) {
    if (!cells_) throw std::bad_alloc();
  }

  // Any thread. False when the queue is full.
  bool try_push(const T& value) {
    return try_fill([&value](T& place) { place = value; });
  }

  // The same, but `fill` writes into the queue itself: of a large T only what is used is written. Whatever was there
  // before is still there.
  template <typename Fill>
  bool try_fill(const Fill& fill) {
    std::size_t position = tail_.load(std::memory_order_relaxed);
    for (;;) {
      Cell& cell = cells_[position & mask_];
      const std::size_t sequence = turn(cell).load(std::memory_order_acquire) + (position & mask_);
      if (sequence == position) {
        if (tail_.compare_exchange_weak(position, position + 1, std::memory_order_relaxed)) {
          fill(cell.value);
          turn(cell).store(position + 1 - (position & mask_), std::memory_order_release);
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
    Cell& cell = cells_[head_ & mask_];
    return turn(cell).load(std::memory_order_acquire) == head_ + 1 - (head_ & mask_) ? &cell.value : nullptr;
  }
  void pop() {
    turn(cells_[head_ & mask_]).store(head_ + mask_ + 1 - (head_ & mask_), std::memory_order_release);
    ++head_;
  }

 private:
  // `turn` is Vyukov's sequence number less the cell's index. So zeros are the empty queue, and memory that was never
  // used is never touched: a thousand clients on one machine have a queue of 3 MiB each.
  struct Cell {
    std::size_t turn;
    T value;
  };
  struct Free {
    void operator()(Cell* cells) const { std::free(cells); }
  };
  static std::atomic_ref<std::size_t> turn(Cell& cell) { return std::atomic_ref<std::size_t>(cell.turn); }

  std::unique_ptr<Cell[], Free> cells_;
  std::size_t mask_;
  alignas(64) std::atomic<std::size_t> tail_{0};
  alignas(64) std::size_t head_ = 0;
};

}  // namespace echo

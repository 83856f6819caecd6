#pragma once
// When the echoes of sent messages are overdue.

#include <cstdint>
#include <deque>

namespace echo {

// Every attempt has the same time, so that the oldest is always the first to expire.
class MessageDeadlines {
 public:
  struct Deadline {
    std::int64_t at_ns = 0;
    std::uint64_t message = 0, attempt = 0;
  };

  void add(const Deadline& deadline) { deadlines_.push_back(deadline); }
  bool empty() const { return deadlines_.empty(); }
  const Deadline& first() const { return deadlines_.front(); }
  void drop_first() { deadlines_.pop_front(); }

 private:
  std::deque<Deadline> deadlines_;
};

}  // namespace echo

#pragma once
// What was found, up to a bound; the conversations count the rest.

#include <cstddef>
#include <optional>
#include <vector>

#include "lab/conversations/conversation.h"

namespace echolab::conversations {

class FaultList {
 public:
  static constexpr std::uint64_t most_of_a_kind = 20;  // per conversation
  static constexpr std::size_t most = 10'000;

  // `before`: how many of this kind the conversation had already. Its place, unless there is no room.
  std::optional<std::uint32_t> add(const Fault& fault, std::uint64_t before) {
    if (before >= most_of_a_kind || faults_.size() >= most) return std::nullopt;
    faults_.push_back(fault);
    return static_cast<std::uint32_t>(faults_.size() - 1);
  }
  Fault& at(std::uint32_t place) { return faults_[place]; }
  // By conversation, then by packet.
  std::vector<Fault> take();

 private:
  std::vector<Fault> faults_;
};

}  // namespace echolab::conversations

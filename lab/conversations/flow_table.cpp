#include "lab/conversations/flow_table.h"

namespace echolab::conversations {

FlowTable::FlowTable(std::uint64_t seed) : secrets_{}, slots_(1024) {
  for (std::uint64_t& secret : secrets_) {  // SplitMix64
    seed += 0x9E3779B97F4A7C15u;
    std::uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    secret = (z ^ (z >> 31)) | 1;
  }
}

void FlowTable::insert(const Endpoint& source, const Endpoint& destination, Flow flow) {
  const auto place = [this](const Key& key, Flow what) {
    std::size_t at = hash(key);
    while (slots_[at & (slots_.size() - 1)].flow.role != FlowRole::free) ++at;
    slots_[at & (slots_.size() - 1)] = {key, what};
  };
  if (2 * (size_ + 1) > slots_.size()) {
    const std::vector<Slot> old = std::move(slots_);
    slots_ = std::vector<Slot>(2 * old.size());
    for (const Slot& slot : old) {
      if (slot.flow.role != FlowRole::free) place(slot.key, slot.flow);
    }
  }
  place(key_of(source, destination), flow);
  ++size_;
}

}  // namespace echolab::conversations

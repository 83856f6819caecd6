#include "lab/conversations/flow_table.h"

namespace echolab::conversations {

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

#include "lab/conversations/fault_list.h"

#include <algorithm>

namespace echolab::conversations {

std::vector<Fault> FaultList::take() {
  const auto place = [](const Fault& fault) {
    return fault.request_packet != 0 ? fault.request_packet : fault.reply_packet;
  };
  std::stable_sort(faults_.begin(), faults_.end(), [&](const Fault& a, const Fault& b) {
    return a.conversation != b.conversation ? a.conversation < b.conversation : place(a) < place(b);
  });
  return std::move(faults_);
}

}  // namespace echolab::conversations

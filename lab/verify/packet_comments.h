#pragma once
// Annotations as sentences for somebody who looks at the packet in Wireshark.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lab/plan/plan.h"
#include "lab/verify/annotations.h"

namespace echolab::verify {

// Bytes of payloads are shown as hexadecimal numbers only, and names come from the plan: nothing that a program sent
// reaches the text.
class PacketComments {
 public:
  // Borrows both. The annotations must be finished.
  PacketComments(const plan::Plan& plan, const Annotations& annotations) : plan_(plan), annotations_(annotations) {}

  // The sentences for one packet, valid until the next call. Numbers must ascend from call to call.
  std::span<const std::string> of(std::uint64_t packet);
  // For the whole file: says when there were more comments than are kept.
  std::vector<std::string> about_all() const;

 private:
  const plan::Plan& plan_;
  const Annotations& annotations_;
  std::size_t next_ = 0;            // of the annotations
  std::vector<std::string> texts_;  // used again for each packet
};

}  // namespace echolab::verify

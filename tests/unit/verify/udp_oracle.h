#pragma once
// The pairing rules of docs/checks.md once more, as slow and plain as they can be written: whole payloads, every rule a
// loop over everything. It shares no code with the product but the planned bytes.

#include <algorithm>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "lab/plan/plan.h"

namespace echolab::test {

struct WirePacket {
  bool request = false;
  std::int64_t time_ns = 0;
  std::string bytes;
};

struct OracleCounts {
  std::uint64_t sent = 0, echoed = 0, late = 0, altered = 0, lost = 0;                                 // messages
  std::uint64_t duplicate = 0, unsolicited = 0, orphan = 0, unplanned = 0, repeated = 0, differs = 0;  // datagrams
  std::vector<std::uint64_t> round_trips;
  bool operator==(const OracleCounts&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const OracleCounts& c) {
  return out << "sent " << c.sent << " echoed " << c.echoed << " late " << c.late << " altered " << c.altered
             << " lost " << c.lost << " duplicate " << c.duplicate << " unsolicited " << c.unsolicited << " orphan "
             << c.orphan << " unplanned " << c.unplanned << " repeated " << c.repeated << " differs " << c.differs;
}

class UdpOracle {
 public:
  explicit UdpOracle(const plan::Exchange& exchange) : exchange_(exchange), messages_(exchange.messages + 1) {}

  OracleCounts judge(const std::vector<WirePacket>& packets) {
    for (const WirePacket& packet : packets) packet.request ? request(packet) : reply(packet);
    for (std::uint32_t m = 1; m <= exchange_.messages; ++m) {
      const Message& message = messages_[m];
      if (!message.requested && !message.replaced) continue;
      ++counts_.sent;
      ++(message.echoed    ? counts_.echoed
         : message.late    ? counts_.late
         : message.altered ? counts_.altered
                           : counts_.lost);
    }
    std::sort(counts_.round_trips.begin(), counts_.round_trips.end());
    return counts_;
  }

 private:
  struct Message {
    bool requested = false, replaced = false, echoed = false, late = false, altered = false;
    std::uint32_t attempts = 0;
  };
  struct Request {
    std::int64_t time_ns;
    std::string bytes;
    std::uint32_t message;
    bool planned;
    bool answered = false, resembled = false, superseded = false;
  };

  std::string planned(std::uint32_t m) const { return plan::payload_of(exchange_.payload, exchange_.client, m); }

  void request(const WirePacket& packet) {
    const auto [m, as_planned] = number(packet);
    if (m == 0) {
      ++counts_.unplanned;
    } else if (!as_planned) {
      messages_[m].replaced = true;
      ++counts_.differs;
    } else {
      messages_[m].requested = true;
      if (++messages_[m].attempts > exchange_.retries + 1) ++counts_.repeated;
      for (Request& r : requests_) r.superseded |= r.message == m && r.planned;
    }
    highest_ = std::max(highest_, m);
    requests_.push_back({packet.time_ns, packet.bytes, m, as_planned});
  }

  std::pair<std::uint32_t, bool> number(const WirePacket& packet) const {
    for (const Request& r : requests_) {  // Q1
      if (exchange_.retries == 0 || r.answered || r.superseded || !r.planned || r.message == 0) continue;
      if (r.bytes != packet.bytes || messages_[r.message].echoed) continue;
      if (messages_[r.message].attempts > exchange_.retries) continue;
      if (packet.time_ns - r.time_ns >= exchange_.timeout.count() / 2) return {r.message, true};
    }
    const std::uint32_t next = highest_ + 1;
    if (next <= exchange_.messages && planned(next) == packet.bytes) return {next, true};  // Q2
    for (const Request& r : requests_) {                                                   // Q3: waiting, as sent
      if (!r.answered && r.planned && r.message != 0 && r.bytes == packet.bytes) return {r.message, true};
    }
    for (const std::size_t index : answered_) {  // then those echoed, as they were
      const Request& r = requests_[index];
      if (r.message != 0 && r.bytes == packet.bytes && messages_[r.message].requested) return {r.message, true};
    }
    for (std::uint32_t m = highest_; m >= 1; --m) {  // Q4
      if (!messages_[m].requested && planned(m) == packet.bytes) return {m, true};
    }
    for (std::uint32_t m = next + 1; m <= exchange_.messages; ++m) {  // Q5
      if (planned(m) == packet.bytes) return {m, true};
    }
    return {next <= exchange_.messages ? next : 0, false};  // Q6
  }

  void reply(const WirePacket& packet) {
    Request* found = nullptr;
    for (const bool expired : {false, true}) {  // R1, R2
      for (Request& r : requests_) {
        const bool is_expired = r.superseded || packet.time_ns - r.time_ns > exchange_.timeout.count();
        if (found == nullptr && !r.answered && r.bytes == packet.bytes && is_expired == expired) found = &r;
      }
    }
    if (found != nullptr) return answer(*found, packet);
    for (const Request& r : requests_) {  // R3
      if (r.answered && r.bytes == packet.bytes) {
        ++counts_.duplicate;
        return;
      }
    }
    for (std::uint32_t m = 1; m <= exchange_.messages; ++m) {  // R4
      if (!messages_[m].requested && planned(m) == packet.bytes) {
        ++counts_.orphan;
        return;
      }
    }
    std::size_t most = 0;
    bool most_same_length = false;
    for (Request& r : requests_) {  // R6
      if (r.answered || r.resembled) continue;
      const std::size_t common = r.planned && r.message != 0 ? alike(r.bytes, packet.bytes) : 0;
      const bool same_length = r.bytes.size() == packet.bytes.size();
      if (!same_length && 2 * common < std::min(r.bytes.size(), packet.bytes.size())) continue;
      if (found != nullptr && (common < most || (common == most && (most_same_length || !same_length)))) continue;
      found = &r;
      most = common;
      most_same_length = same_length;
    }
    if (found == nullptr) {
      ++counts_.unsolicited;
      return;
    }
    found->resembled = true;
    if (found->message != 0) messages_[found->message].altered = true;
  }

  void answer(Request& r, const WirePacket& packet) {
    r.answered = true;
    answered_.push_back(static_cast<std::size_t>(&r - requests_.data()));
    const std::int64_t elapsed = packet.time_ns - r.time_ns;
    const bool late = elapsed > exchange_.timeout.count();
    if (!late) counts_.round_trips.push_back(static_cast<std::uint64_t>(elapsed));
    if (r.resembled) ++counts_.unsolicited;
    if (r.message == 0) return;
    if (r.resembled) messages_[r.message].altered = false;
    (late ? messages_[r.message].late : messages_[r.message].echoed) = true;
  }

  static std::size_t alike(const std::string& a, const std::string& b) {
    const std::size_t shorter = std::min(a.size(), b.size());
    std::size_t prefix = 0;
    while (prefix < shorter && a[prefix] == b[prefix]) ++prefix;
    std::size_t suffix = 0;
    while (prefix + suffix < shorter && a[a.size() - 1 - suffix] == b[b.size() - 1 - suffix]) ++suffix;
    return prefix + suffix;
  }

  const plan::Exchange& exchange_;
  std::vector<Message> messages_;  // from 1
  std::vector<Request> requests_;
  std::vector<std::size_t> answered_;  // in the order of their echoes
  std::uint32_t highest_ = 0;
  OracleCounts counts_;
};

}  // namespace echolab::test

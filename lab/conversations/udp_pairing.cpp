#include "lab/conversations/udp_pairing.h"

#include <algorithm>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace echolab::conversations {

std::uint64_t UdpPairing::Shared::hash_of(Bytes payload) const {
  return XXH3_64bits_withSeed(payload.data(), payload.size(), seed);
}

// Equal as far as the capture can tell: bytes that the snaplen cut off are not held against anybody.
bool UdpPairing::same_bytes(const Request& request, const Datagram& datagram, std::uint64_t hash) const {
  if (request.length != datagram.length) return false;
  const bool whole = request.kept_bytes == request.length && !datagram.cut();
  if (whole) return request.hash == hash;
  const std::size_t both = std::min<std::size_t>(request.kept_bytes, datagram.payload.size());
  if (request.kept == PayloadPool::none) return true;
  return shared_->pool.common_prefix(request.kept, both, datagram.payload) == both;
}

void UdpPairing::request(Conversation& facts, const Datagram& datagram) {
  if (++*facts.requests == 1) {
    const Bytes opening = datagram.payload.first(std::min(datagram.payload.size(), Conversation::opening_kept));
    facts.opening.assign(opening.begin(), opening.end());
    facts.opening_length = datagram.length;
  }
  if (datagram.cut()) ++facts.cut;
  if (waiting_ >= 2 * open_kept) {
    // Half at once, so that a server that never answers does not cost a move of them all for each request.
    for (std::size_t at = head_, given_up = 0; given_up < open_kept; ++at) {
      if (!open_[at].waits) continue;
      forgot_ |= capture::nanoseconds_between(open_[at].time_ns, datagram.time_ns) <= shared_->timeout_ns;
      give_up(facts, open_[at]);
      ++given_up;
    }
  }
  tidy();
  Request& request = open_.emplace_back();
  request.hash = shared_->hash_of(datagram.payload);
  request.time_ns = datagram.time_ns;
  request.packet = datagram.packet;
  request.length = datagram.length;
  request.kept_bytes = static_cast<std::uint32_t>(datagram.payload.size());
  request.kept = shared_->pool.keep(datagram.payload);
  ++waiting_;
}

// Forgets what is over at the front.
void UdpPairing::tidy() {
  while (head_ < open_.size() && !open_[head_].waits) ++head_;
  if (head_ == open_.size()) {
    open_.clear();
    head_ = 0;
  } else if (head_ >= 64 && 2 * head_ >= open_.size()) {
    open_.erase(open_.begin(), open_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
}

bool UdpPairing::reply(Conversation& facts, const Datagram& datagram) {
  if (datagram.cut()) ++facts.cut;
  const std::uint64_t hash = shared_->hash_of(datagram.payload);
  // R1 in time before R2 late; of equals the one that was sent first.
  std::size_t found = open_.size();
  for (std::size_t at = head_; at < open_.size(); ++at) {
    const Request& request = open_[at];
    if (!request.waits || !same_bytes(request, datagram, hash)) continue;
    if (capture::nanoseconds_between(request.time_ns, datagram.time_ns) <= shared_->timeout_ns) {
      found = at;
      break;
    }
    if (found == open_.size()) found = at;
  }
  if (found < open_.size()) {
    answer(facts, found, datagram);
    return true;
  }
  facts.overwhelmed |= forgot_;
  return repeats_an_echo(facts, datagram, hash);
}

void UdpPairing::answer(Conversation& facts, std::size_t at, const Datagram& datagram) {
  Request& request = open_[at];
  if (request.altered_by != 0) take_back_alteration(facts, request);
  remember(request, datagram.packet);
  const std::int64_t elapsed =
      std::max<std::int64_t>(0, capture::nanoseconds_between(request.time_ns, datagram.time_ns));
  if (elapsed <= shared_->timeout_ns) {
    ++*facts.echoed;
    round_trips_.add(static_cast<std::uint64_t>(elapsed));
  } else {
    Fault fault;
    fault.kind = FaultKind::late;
    fault.conversation = index_;
    fault.request_packet = request.packet;
    fault.reply_packet = datagram.packet;
    fault.elapsed_ns = elapsed;
    shared_->faults.add(fault, facts.late++);
  }
  shared_->pool.release(request.kept);
  request.waits = false;
  --waiting_;
}

// The reply that resembled it was not its echo after all.
void UdpPairing::take_back_alteration(Conversation& facts, const Request& request) {
  --facts.altered;
  ++facts.unsolicited;
  if (request.altered_place == 0) return;
  Fault& fault = shared_->faults.at(request.altered_place - 1);
  fault.kind = FaultKind::unsolicited;
  fault.request_packet = 0;
}

void UdpPairing::remember(const Request& request, std::uint64_t packet) {
  Answered answered;
  answered.hash = request.hash;
  answered.echo_packet = packet & ((std::uint64_t{1} << 40) - 1);
  answered.length = request.length & 0xffffff;
  if (answered_.size() < answered_kept && shared_->answered_left > 0) {
    --shared_->answered_left;
    answered_.push_back(answered);
  } else if (!answered_.empty()) {
    answered_[answered_next_] = answered;
    if (++answered_next_ == answered_.size()) answered_next_ = 0;
  }
}

// R3.
bool UdpPairing::repeats_an_echo(Conversation& facts, const Datagram& datagram, std::uint64_t hash) {
  for (const Answered& answered : answered_) {
    if (answered.hash != hash || answered.length != datagram.length) continue;
    Fault fault;
    fault.kind = FaultKind::duplicate;
    fault.conversation = index_;
    fault.request_packet = answered.echo_packet;
    fault.reply_packet = datagram.packet;
    shared_->faults.add(fault, facts.duplicated++);
    return true;
  }
  return false;
}

void UdpPairing::unexplained(Conversation& facts, const Datagram& datagram, Fault fault) {
  // R6 comes after R5: bytes of another client's request are no alteration of ours.
  if (fault.kind == FaultKind::unsolicited && resembles_a_request(facts, datagram)) return;
  fault.conversation = index_;
  fault.reply_packet = datagram.packet;
  fault.got_length = datagram.length;
  shared_->faults.add(fault, facts.unsolicited++);
}

// R6: the request that is most like it, when it is like one at all.
bool UdpPairing::resembles_a_request(Conversation& facts, const Datagram& datagram) {
  Request* best = nullptr;
  std::size_t best_likeness = 0;
  bool best_same_length = false;
  std::size_t looked_at = 0;
  // From the newest on; an older one of the same likeness is preferred, so it replaces.
  for (std::size_t at = open_.size(); at-- > head_ && looked_at < altered_candidates;) {
    Request& request = open_[at];
    if (!request.waits) continue;
    ++looked_at;
    if (request.altered_by != 0) continue;
    const std::vector<std::uint8_t> sent = shared_->pool.copy(request.kept, request.kept_bytes);
    const std::size_t shorter = std::min(sent.size(), datagram.payload.size());
    std::size_t prefix = 0, suffix = 0;
    while (prefix < shorter && sent[prefix] == datagram.payload[prefix]) ++prefix;
    while (prefix + suffix < shorter &&
           sent[sent.size() - 1 - suffix] == datagram.payload[datagram.payload.size() - 1 - suffix]) {
      ++suffix;
    }
    const std::size_t common = prefix + suffix;
    const bool same_length = request.length == datagram.length;
    if (!same_length && 2 * common < std::min(request.length, datagram.length)) continue;
    if (best != nullptr && (common < best_likeness || (common == best_likeness && best_same_length && !same_length))) {
      continue;
    }
    best = &request;
    best_likeness = common;
    best_same_length = same_length;
  }
  if (best == nullptr) return false;

  Fault fault;
  fault.kind = FaultKind::altered;
  fault.conversation = index_;
  fault.request_packet = best->packet;
  fault.reply_packet = datagram.packet;
  fault.sent_length = best->length;
  fault.got_length = datagram.length;
  const std::vector<std::uint8_t> sent = shared_->pool.copy(best->kept, best->kept_bytes);
  const auto [ours, theirs] = std::mismatch(sent.begin(), sent.end(), datagram.payload.begin(), datagram.payload.end());
  fault.offset = static_cast<std::uint64_t>(ours - sent.begin());
  if (ours != sent.end()) fault.expected = *ours;
  if (theirs != datagram.payload.end()) fault.got = *theirs;
  const auto place = shared_->faults.add(fault, facts.altered++);
  best->altered_by = datagram.packet;
  best->altered_place = place ? *place + 1 : 0;
  return true;
}

std::uint64_t UdpPairing::packet_waiting_for(const Datagram& datagram, std::uint64_t hash) const {
  if (datagram.length == 0) return 0;
  for (std::size_t at = head_; at < open_.size(); ++at) {
    if (open_[at].waits && same_bytes(open_[at], datagram, hash)) return open_[at].packet;
  }
  return 0;
}

// No echo came; an altered one is counted already.
void UdpPairing::give_up(Conversation& facts, Request& request) {
  if (request.altered_by == 0) {
    Fault fault;
    fault.kind = FaultKind::lost;
    fault.conversation = index_;
    fault.request_packet = request.packet;
    shared_->faults.add(fault, facts.lost++);
  }
  shared_->pool.release(request.kept);
  request.waits = false;
  --waiting_;
}

void UdpPairing::finish(Conversation& facts) {
  for (std::size_t at = head_; at < open_.size(); ++at) {
    if (open_[at].waits) give_up(facts, open_[at]);
  }
  open_ = {};
  answered_ = {};
  if (round_trips_.count() == 0) return;
  facts.rtt = Rtt{round_trips_.min(), round_trips_.percentile(50), round_trips_.percentile(99), round_trips_.max()};
}

}  // namespace echolab::conversations

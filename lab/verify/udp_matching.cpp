#include "lab/verify/udp_matching.h"

#include <algorithm>

namespace echolab::verify {

Carried carried_message(const ExchangeState& exchange, const capture::UdpDatagram& datagram, std::uint64_t hash) {
  const ExpectedPayload expected(*exchange.plan);
  const auto planned = exchange.plan->messages;
  const auto carries = [&](std::uint32_t m) { return expected.equals(m, datagram.payload, datagram.length); };
  const auto seen = [&](std::uint32_t m) {
    const MessageState* state = exchange.find_message(m);
    return state != nullptr && state->has(MessageState::requested);
  };
  const auto open_equal = [&](const Request& r) { return r.message != 0 && same_bytes(exchange, r, datagram, hash); };

  // Q1: a retry, when the timeout is half over. Needed where messages have equal bytes.
  if (exchange.plan->retries > 0) {
    for (const Request& r : exchange.open) {
      if (r.superseded || !open_equal(r) || !r.planned) continue;
      const MessageState* state = exchange.find_message(r.message);
      if (state->has(MessageState::echoed) || state->attempts > exchange.plan->retries) continue;
      if (capture::nanoseconds_between(r.time_ns, datagram.frame.time_ns) >= exchange.plan->timeout.count() / 2)
        return {r.message, true};
    }
  }
  // Q2: the next message.
  const std::uint32_t next = exchange.highest + 1;
  if (next <= planned && carries(next)) return {next, true};
  // Q3: a message that was sent before.
  for (const Request& r : exchange.open) {
    if (open_equal(r) && r.planned) return {r.message, true};
  }
  for (const AnsweredRequest& r : exchange.answered) {
    if (r.message != 0 && r.hash == hash && r.length == datagram.length && seen(r.message)) return {r.message, true};
  }
  // Q4: one that was passed over, newest first; then Q5: one further on.
  for (std::uint32_t m = exchange.highest; m > 0 && m + search_distance > exchange.highest; --m) {
    if (!seen(m) && carries(m)) return {m, true};
  }
  for (std::uint32_t m = next + 1; m <= planned && m - next < search_distance; ++m) {
    if (carries(m)) return {m, true};
  }
  // Q6: not planned; it stands in the place of the next message.
  return {next <= planned ? next : 0, false};
}

bool same_bytes(const ExchangeState& exchange, const Request& request, const capture::UdpDatagram& datagram,
                std::uint64_t hash) {
  if (request.length != datagram.length) return false;
  if (!is_cut(datagram) && !request.cut) return request.hash == hash;
  if (!request.planned || request.message == 0) return false;
  return !ExpectedPayload(*exchange.plan).difference(request.message, 0, datagram.payload);
}

std::uint64_t likeness(const ExchangeState& exchange, const Request& request, Bytes bytes) {
  if (!request.planned || request.message == 0) return 0;
  const std::string sent = ExpectedPayload(*exchange.plan).part(request.message, 0, request.length);
  const std::size_t shorter = std::min(sent.size(), bytes.size());
  std::size_t prefix = 0, suffix = 0;
  while (prefix < shorter && static_cast<std::uint8_t>(sent[prefix]) == bytes[prefix]) ++prefix;
  while (prefix + suffix < shorter &&
         static_cast<std::uint8_t>(sent[sent.size() - 1 - suffix]) == bytes[bytes.size() - 1 - suffix]) {
    ++suffix;
  }
  return prefix + suffix;
}

std::size_t first_difference(std::string_view sent, Bytes got) {
  std::size_t at = 0;
  while (at < sent.size() && at < got.size() && static_cast<std::uint8_t>(sent[at]) == got[at]) ++at;
  return at;
}

}  // namespace echolab::verify

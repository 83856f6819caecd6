#pragma once
// Which planned message a UDP request carries (rules Q1 to Q6 of docs/checks.md), and when payloads are equal or alike.

#include <cstdint>
#include <string_view>

#include "lab/capture/capture.h"
#include "lab/verify/ledger.h"

namespace echolab::verify {

constexpr std::uint32_t search_distance = 1024;  // messages looked at around the newest one

inline bool is_cut(const capture::UdpDatagram& datagram) {
  return datagram.payload.size() < datagram.length;
}

// The message that a request carries, and whether its bytes are the planned ones.
struct Carried {
  std::uint32_t message = 0;  // 0: none of the plan
  bool planned = false;
};

Carried carried_message(const ExchangeState& exchange, const capture::UdpDatagram& datagram, std::uint64_t hash);

// Equal as far as the capture can tell: by hash, or for a datagram that the snaplen cut, by length and what is there.
bool same_bytes(const ExchangeState& exchange, const Request& request, const capture::UdpDatagram& datagram,
                std::uint64_t hash);
// How many bytes two payloads share at their beginning and end.
std::uint64_t likeness(const ExchangeState& exchange, const Request& request, Bytes bytes);
std::size_t first_difference(std::string_view sent, Bytes got);

}  // namespace echolab::verify

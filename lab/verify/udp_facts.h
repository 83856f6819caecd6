#pragma once
// Facts of UDP datagrams that checks ask for and that decide nothing about which reply answers which request.

#include "lab/capture/capture.h"
#include "lab/verify/ledger.h"

namespace echolab::verify {

// RFC 4737 calls a packet reordered that comes after one with a larger sequence number. A retry says nothing about
// order: its message is the same.
void note_order(ExchangeState& exchange, const Request& answered, std::uint64_t echo_packet);
// The state of its checksum.
void note_header(ExchangeState& exchange, const capture::UdpDatagram& datagram);

}  // namespace echolab::verify

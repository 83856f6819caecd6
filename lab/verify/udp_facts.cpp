#include "lab/verify/udp_facts.h"

#include <utility>

namespace echolab::verify {

void note_order(ExchangeState& exchange, const Request& answered, std::uint64_t echo_packet) {
  if (answered.packet > exchange.latest_answered) {
    exchange.latest_answered = answered.packet;
    exchange.latest_answered_message = answered.message;
  } else if (answered.message != exchange.latest_answered_message) {
    Incident incident;
    incident.message = answered.message;
    incident.packet = echo_packet;
    incident.request_packet = answered.packet;
    exchange.add(Trouble::reordered, std::move(incident));
  }
}

void note_header(ExchangeState& exchange, const capture::UdpDatagram& datagram) {
  const std::uint64_t packet = datagram.frame.number;
  if (datagram.checksum == capture::Checksum::bad) exchange.bad_checksums.add(packet);
  if (datagram.checksum == capture::Checksum::absent) exchange.absent_checksums.add(packet);
  if (datagram.checksum == capture::Checksum::unfilled) exchange.unfilled_checksums.add(packet);
}

}  // namespace echolab::verify

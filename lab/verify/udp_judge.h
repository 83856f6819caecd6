#pragma once
// Pairs UDP requests with replies by payload and order. The rules have numbers in docs/checks.md, and the code names
// them (Q1…Q6 for requests, R1…R7 for replies).

#include <cstdint>

#include "lab/capture/capture.h"
#include "lab/verify/annotations.h"
#include "lab/verify/endpoint_directory.h"
#include "lab/verify/ledger.h"

namespace echolab::verify {

class UdpJudge {
 public:
  // Borrows both.
  UdpJudge(Ledger& ledger, EndpointDirectory& directory) : ledger_(ledger), directory_(directory) {}

  // Every datagram of the capture, in file order.
  void judge(const capture::UdpDatagram& datagram);

 private:
  void request(ExchangeState& exchange, const capture::UdpDatagram& datagram);
  void reply(ExchangeState& exchange, const capture::UdpDatagram& datagram);
  void reply_from_other_port(ExchangeState& exchange, const capture::UdpDatagram& datagram);
  void stray(const capture::UdpDatagram& datagram);

  bool answer(ExchangeState& exchange, const capture::UdpDatagram& datagram, std::uint64_t hash);
  bool repeat_answer(ExchangeState& exchange, const capture::UdpDatagram& datagram, std::uint64_t hash);
  bool answer_of_another(ExchangeState& exchange, const capture::UdpDatagram& datagram, std::uint64_t hash);
  bool altered_answer(ExchangeState& exchange, const capture::UdpDatagram& datagram);

  void annotate(Note note, const ExchangeState& exchange, std::uint64_t packet, const Annotation& more = {});
  void annotate_fragments(const capture::UdpDatagram& datagram);

  Ledger& ledger_;
  EndpointDirectory& directory_;
};

}  // namespace echolab::verify

// The UDP header (RFC 768): checksum and length field.

#include <fmt/format.h>

#include "lab/base/text.h"
#include "lab/verify/check.h"

namespace echolab::verify {

namespace {

// A datagram of this exchange that is not as it should be.
void refuse(const Sighting& seen, std::string_view what, std::string_view hint, Judgement& judgement) {
  if (seen.count == 0) return;
  const Incidents where = at_packets({seen.packet});
  judgement.fail(fmt::format("packet {} {}{}", seen.packet, what,
                             seen.count == 1 ? std::string() : fmt::format("; {} datagrams in all", seen.count)),
                 std::string(hint), &where);
}

}  // namespace

void check_udp_header(const CheckContext& context, const plan::Check& check, std::vector<Finding>& findings) {
  const auto& terms = std::get<scenario::HeaderTerms>(check.terms);
  for (const ExchangeState& exchange : context.ledger.exchanges) {
    if (!context.concerns(check, exchange)) continue;
    Judgement judgement(check, exchange.subject, context.capture_of(exchange).file);
    refuse(exchange.contradicted_lengths, "has a UDP length that contradicts the IP packet",
           "the length field is header and data: 8 bytes and the payload", judgement);
    if (exchange.contradicted_lengths.count > 0 || !sent_nothing(context, exchange, judgement)) {
      if (terms.checksum != scenario::ChecksumRule::any) {
        refuse(exchange.bad_checksums, "has a wrong UDP checksum",
               "the sum is over pseudo header, header and data; it was altered on the way, or computed wrongly",
               judgement);
      }
      if (terms.checksum == scenario::ChecksumRule::required) {
        refuse(exchange.absent_checksums, "has no UDP checksum", "a checksum of 0 means that the sender made none",
               judgement);
      }
      if (const LengthFacts* length = context.probes.length(check, exchange)) {
        refuse(length->wrong, fmt::format("has UDP length {}, expected: {}", length->first_got, *terms.length),
               "header and data: 8 bytes and the message's own", judgement);
      }
      const std::string doubt = context.doubt_of_absence(exchange);
      if (!doubt.empty()) judgement.doubt("no verdict: " + doubt);
    }
    std::string passed = fmt::format("the UDP headers of {} are as they should be",
                                     counted(exchange.requests + exchange.replies, "datagram", "datagrams"));
    if (exchange.unfilled_checksums.count > 0 && terms.checksum != scenario::ChecksumRule::any) {
      passed += fmt::format("; {} left to offloading",
                            counted(exchange.unfilled_checksums.count, "checksum was", "checksums were"));
    }
    findings.push_back(std::move(judgement).finish(std::move(passed)));
  }
}

}  // namespace echolab::verify

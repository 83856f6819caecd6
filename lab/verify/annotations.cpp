#include "lab/verify/annotations.h"

#include <algorithm>
#include <tuple>

#include "lab/verify/ledger.h"

namespace echolab::verify {

namespace {

std::uint32_t narrow(std::uint64_t packet) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(packet, Annotation::last_packet));
}

// A reply that resembled a request is not its altered echo once the true one came.
void take_back_altered(std::vector<Annotation>& sorted) {
  std::uint32_t resembled = 0;  // the packet of the last such note; it comes before altered
  std::erase_if(sorted, [&](const Annotation& annotation) {
    if (annotation.note == Note::resembled) resembled = annotation.packet;
    const bool altered = annotation.note == Note::altered || annotation.note == Note::altered_unknown;
    return altered && annotation.packet == resembled;
  });
}

}  // namespace

void Annotations::add(const Annotation& annotation) {
  if (annotation.packet == 0) return;
  if (annotations_.size() >= limit_ || annotation.packet == Annotation::last_packet) {
    ++left_out_;
    return;
  }
  annotations_.push_back(annotation);
}

void Annotations::add(Note note, const ExchangeState& exchange, std::uint64_t packet, Annotation more) {
  more.note = note;
  more.exchange = exchange.index;
  more.packet = saturate32(packet);
  add(more);
}

void Annotations::add_unanswered(const ExchangeState& exchange, const Request& request) {
  Annotation annotation;
  annotation.packet = narrow(request.packet);
  annotation.other = narrow(request.altered_by);
  annotation.exchange = exchange.index;
  annotation.message = request.message;
  annotation.attempt = request.attempt;
  annotation.note = request.altered_by != 0 ? Note::request_altered : Note::request_unanswered;
  add(annotation);
}

void Annotations::finish(const Ledger& ledger) {
  for (const ExchangeState& exchange : ledger.exchanges) subjects_.push_back(exchange.subject);
  const auto key = [](const Annotation& a) { return std::tie(a.packet, a.note, a.exchange, a.message, a.other); };
  std::sort(annotations_.begin(), annotations_.end(),
            [&](const Annotation& a, const Annotation& b) { return key(a) < key(b); });
  take_back_altered(annotations_);
}

}  // namespace echolab::verify

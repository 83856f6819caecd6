#include "lab/verify/udp_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "lab/base/clock.h"
#include "lab/verify/udp_facts.h"
#include "lab/verify/udp_matching.h"
#include "lab/verify/wire_probes.h"

namespace echolab::verify {

namespace {

constexpr std::size_t altered_candidates = 64;
constexpr std::size_t incidents_pending = 64;

bool expired(const ExchangeState& exchange, const Request& request, std::int64_t now) {
  const std::int64_t timeout = exchange.plan->timeout.count();
  return request.superseded || (timeout > 0 && capture::nanoseconds_between(request.time_ns, now) > timeout);
}

std::uint8_t byte_at(Bytes bytes, std::uint64_t offset) {
  return offset < bytes.size() ? bytes[static_cast<std::size_t>(offset)] : std::uint8_t{0};
}

std::uint8_t byte_at(std::string_view bytes, std::uint64_t offset) {
  return offset < bytes.size() ? static_cast<std::uint8_t>(bytes[static_cast<std::size_t>(offset)]) : std::uint8_t{0};
}

void remember_answered(ExchangeState& exchange, const Request& request, std::uint64_t packet) {
  const AnsweredRequest answered{request.hash, request.length, request.message, packet, request.client_port};
  if (exchange.answered.size() < ExchangeState::answered_kept) {
    exchange.answered.push_back(answered);
    return;
  }
  exchange.answered[exchange.answered_next] = answered;
  exchange.answered_next = (exchange.answered_next + 1) % ExchangeState::answered_kept;
}

}  // namespace

void UdpJudge::annotate(Note note, const ExchangeState& exchange, std::uint64_t packet, const Annotation& more) {
  if (ledger_.annotations != nullptr) ledger_.annotations->add(note, exchange, packet, more);
}

// The whole datagram is told at its last fragment, whose number findings cite.
void UdpJudge::annotate_fragments(const capture::UdpDatagram& datagram) {
  if (ledger_.annotations == nullptr) return;
  for (const std::uint64_t packet : datagram.fragments) {
    if (packet == datagram.frame.number) continue;
    ledger_.annotations->add(
        {.packet = saturate32(packet), .other = saturate32(datagram.frame.number), .note = Note::fragment});
  }
}

void UdpJudge::judge(const capture::UdpDatagram& datagram) {
  if (directory_.is_server(datagram.destination, Transport::udp)) {
    ExchangeState* exchange = directory_.find_or_learn(datagram.source, datagram.destination, Transport::udp);
    if (exchange != nullptr) return request(*exchange, datagram);
  }
  if (ExchangeState* exchange = directory_.find(datagram.destination, datagram.source, Transport::udp)) {
    return reply(*exchange, datagram);
  }
  if (directory_.is_server_address(datagram.source.address)) {
    ExchangeState* exchange = directory_.find_client(datagram.destination, Transport::udp);
    if (exchange != nullptr) return reply_from_other_port(*exchange, datagram);
  }
  stray(datagram);
}

void UdpJudge::request(ExchangeState& exchange, const capture::UdpDatagram& datagram) {
  const std::uint64_t packet = datagram.frame.number;
  if (!exchange.client) exchange.client = datagram.source;
  if (exchange.first_packet == 0) exchange.first_packet = packet;
  ++exchange.requests;
  note_header(exchange, datagram);
  if (ledger_.probes != nullptr) ledger_.probes->datagram(exchange, capture::Direction::to_server, datagram);
  if (is_cut(datagram)) ++exchange.cut;
  annotate_fragments(datagram);
  const std::uint64_t hash = payload_hash(datagram.payload);
  const Carried carried = carried_message(exchange, datagram, hash);

  Request request;
  request.hash = hash;
  request.time_ns = datagram.frame.time_ns;
  request.packet = packet;
  request.length = datagram.length;
  request.message = carried.message;
  request.client_port = datagram.source.port.value;
  request.planned = carried.planned;
  request.cut = is_cut(datagram);

  if (carried.message == 0) {
    Incident incident;
    incident.packet = packet;
    incident.got = excerpt(datagram.payload, 0);
    exchange.add(Trouble::request_unplanned, std::move(incident));
    annotate(Note::request_unplanned, exchange, packet);
  } else {
    MessageState& state = exchange.message(carried.message);
    exchange.highest = std::max(exchange.highest, carried.message);
    if (carried.planned) {
      // The planned bytes come after other ones took their place: those others were a datagram nobody planned.
      if (!state.has(MessageState::requested)) {
        state.request_packet = saturate32(packet);
        state.hash = fold(hash);
      }
      if (state.attempts < std::numeric_limits<std::uint8_t>::max()) ++state.attempts;
      if (state.attempts > exchange.plan->retries + 1) {
        Incident incident;
        incident.message = carried.message;
        incident.packet = packet;
        incident.request_packet = state.request_packet;
        exchange.add(Trouble::request_repeated, std::move(incident));
      }
      for (Request& earlier : exchange.open) {
        if (earlier.message != carried.message || !earlier.planned || earlier.superseded) continue;
        earlier.superseded = true;
        annotate(Note::request_sent_again, exchange, earlier.packet,
                 {.other = saturate32(packet), .message = earlier.message, .attempt = earlier.attempt});
      }
      request.attempt = state.attempts;
      state.set(MessageState::requested);
    } else {
      state.set(MessageState::replaced);
      if (state.request_packet == 0) {
        state.request_packet = saturate32(packet);
        state.hash = fold(hash);
      }
      const ExpectedPayload expected(*exchange.plan);
      Incident incident;
      incident.message = carried.message;
      incident.packet = packet;
      incident.offset = expected.difference(carried.message, 0, datagram.payload).value_or(datagram.payload.size());
      incident.expected = excerpt(expected.part(carried.message, 0, incident.offset + 128), incident.offset);
      incident.got = excerpt(datagram.payload, incident.offset);
      const std::uint64_t offset = incident.offset;
      exchange.add(Trouble::request_differs, std::move(incident));
      annotate(Note::request_differs, exchange, packet,
               {.value = offset,
                .message = carried.message,
                .length = datagram.length,
                .is = byte_at(datagram.payload, offset),
                .was = byte_at(expected.part(carried.message, offset, 1), 0)});
    }
  }
  if (exchange.open.size() >= 2 * ExchangeState::open_kept) {
    // Half at once, so that a server that never answers does not cost a move of them all for each request.
    for (std::size_t i = 0; ledger_.annotations != nullptr && i < ExchangeState::open_kept; ++i) {
      ledger_.annotations->add_unanswered(exchange, exchange.open[i]);
    }
    exchange.open.erase(exchange.open.begin(), exchange.open.begin() + ExchangeState::open_kept);
  }
  exchange.open.push_back(request);
}

void UdpJudge::reply(ExchangeState& exchange, const capture::UdpDatagram& datagram) {
  ++exchange.replies;
  if (exchange.first_reply_packet == 0) exchange.first_reply_packet = datagram.frame.number;
  note_header(exchange, datagram);
  if (ledger_.probes != nullptr) ledger_.probes->datagram(exchange, capture::Direction::to_client, datagram);
  if (is_cut(datagram)) ++exchange.cut;
  annotate_fragments(datagram);
  const std::uint64_t hash = payload_hash(datagram.payload);
  if (answer(exchange, datagram, hash) || repeat_answer(exchange, datagram, hash)) return;

  Incident incident;
  incident.packet = datagram.frame.number;
  incident.got = excerpt(datagram.payload, 0);
  // R4: the echo of a message whose request was not captured.
  const ExpectedPayload expected(*exchange.plan);
  for (std::uint32_t m = 1; m <= std::min(exchange.plan->messages, search_distance); ++m) {
    const std::uint32_t number =
        exchange.highest > search_distance / 2 ? exchange.highest - search_distance / 2 + m : m;
    if (number > exchange.plan->messages) break;
    const MessageState* state = exchange.find_message(number);
    if (state != nullptr && state->has(MessageState::requested)) continue;
    if (!expected.equals(number, datagram.payload, datagram.length)) continue;
    incident.message = number;
    exchange.add(Trouble::orphan, std::move(incident));
    annotate(Note::orphan, exchange, datagram.frame.number, {.message = number});
    return;
  }
  if (answer_of_another(exchange, datagram, hash) || altered_answer(exchange, datagram)) return;
  exchange.add(Trouble::unsolicited, std::move(incident));  // R7
  annotate(Note::unsolicited, exchange, datagram.frame.number);
}

// R1 and R2: equal bytes. In time before late, and the earliest sent first.
bool UdpJudge::answer(ExchangeState& exchange, const capture::UdpDatagram& datagram, std::uint64_t hash) {
  const std::int64_t now = datagram.frame.time_ns;
  auto found = exchange.open.end();
  for (auto at = exchange.open.begin(); at != exchange.open.end(); ++at) {
    if (at->client_port != datagram.destination.port.value || !same_bytes(exchange, *at, datagram, hash)) continue;
    if (!expired(exchange, *at, now)) {
      found = at;
      break;
    }
    if (found == exchange.open.end()) found = at;
  }
  if (found == exchange.open.end()) return false;
  const Request request = *found;
  exchange.open.erase(found);
  remember_answered(exchange, request, datagram.frame.number);

  const std::int64_t timeout = exchange.plan->timeout.count();
  const std::int64_t elapsed = std::max<std::int64_t>(0, capture::nanoseconds_between(request.time_ns, now));
  const bool late = timeout > 0 && elapsed > timeout;
  if (!late) exchange.round_trips.add(static_cast<std::uint64_t>(elapsed), request.packet, datagram.frame.number);
  exchange.note_echo(now, datagram.frame.number);
  note_order(exchange, request, datagram.frame.number);
  Annotation pair{.value = static_cast<std::uint64_t>(elapsed), .message = request.message, .attempt = request.attempt};
  pair.other = saturate32(datagram.frame.number);
  annotate(late ? Note::request_late : Note::request_echoed, exchange, request.packet, pair);
  pair.other = saturate32(request.packet);
  annotate(late ? Note::echo_late : Note::echo, exchange, datagram.frame.number, pair);

  if (request.altered_by != 0) {
    // The reply that resembled it was not its echo after all.
    const auto pending = std::find_if(exchange.altered_pending.begin(), exchange.altered_pending.end(),
                                      [&](const Incident& i) { return i.packet == request.altered_by; });
    Incident incident;
    if (pending != exchange.altered_pending.end()) {
      incident = std::move(*pending);
      exchange.altered_pending.erase(pending);
    }
    incident.packet = request.altered_by;
    incident.request_packet = 0;
    incident.message = 0;
    incident.expected.clear();
    exchange.add(Trouble::unsolicited, std::move(incident));
    annotate(Note::resembled, exchange, request.altered_by,
             {.other = saturate32(datagram.frame.number), .message = request.message});
    if (request.message != 0) exchange.message(request.message).clear(MessageState::altered);
  }
  if (request.message == 0) return true;
  MessageState& state = exchange.message(request.message);
  if (!state.has(MessageState::echoed)) state.echo_packet = saturate32(datagram.frame.number);
  state.set(late ? MessageState::late : MessageState::echoed);
  if (late && exchange.late_pending.size() < incidents_pending) {
    Incident incident;
    incident.message = request.message;
    incident.packet = datagram.frame.number;
    incident.request_packet = request.packet;
    incident.detail = humanize_duration(Nanoseconds(elapsed));
    exchange.late_pending.emplace_back(request.message, std::move(incident));
  }
  return true;
}

// R3: every request with these bytes has its echo already.
bool UdpJudge::repeat_answer(ExchangeState& exchange, const capture::UdpDatagram& datagram, std::uint64_t hash) {
  for (const AnsweredRequest& answered : exchange.answered) {
    if (answered.hash != hash || answered.length != datagram.length ||
        answered.client_port != datagram.destination.port.value) {
      continue;
    }
    Incident incident;
    incident.message = answered.message;
    incident.packet = datagram.frame.number;
    incident.request_packet = answered.echo_packet;
    incident.got = excerpt(datagram.payload, 0);
    exchange.add(Trouble::duplicate, std::move(incident));
    annotate(Note::duplicate, exchange, datagram.frame.number,
             {.other = saturate32(answered.echo_packet), .message = answered.message});
    return true;
  }
  return false;
}

// R5: another client of the same server waits for exactly these bytes.
bool UdpJudge::answer_of_another(ExchangeState& exchange, const capture::UdpDatagram& datagram, std::uint64_t hash) {
  if (datagram.length == 0 || ledger_.searches_left == 0) return false;
  --ledger_.searches_left;
  for (const std::uint32_t index : directory_.with_server(exchange.plan->server, Transport::udp)) {
    ExchangeState& other = ledger_.exchanges[index];
    if (&other == &exchange) continue;
    for (const Request& request : other.open) {
      if (!same_bytes(other, request, datagram, hash)) continue;
      Incident incident;
      incident.packet = datagram.frame.number;
      incident.request_packet = request.packet;
      incident.message = request.message;
      incident.detail = other.subject;
      incident.got = excerpt(datagram.payload, 0);
      Incident counterpart = incident;
      counterpart.detail = exchange.subject;
      exchange.add(Trouble::wrong_client, std::move(incident));
      other.add(Trouble::misdirected, std::move(counterpart));
      annotate(Note::wrong_client, exchange, datagram.frame.number,
               {.value = other.index, .other = saturate32(request.packet), .message = request.message});
      annotate(Note::request_misdirected, other, request.packet,
               {.value = exchange.index,
                .other = saturate32(datagram.frame.number),
                .message = request.message,
                .attempt = request.attempt});
      return true;
    }
  }
  return false;
}

// R6: the request that is most like it, when it is like one at all.
bool UdpJudge::altered_answer(ExchangeState& exchange, const capture::UdpDatagram& datagram) {
  Request* best = nullptr;
  std::uint64_t best_likeness = 0;
  bool best_same_length = false;
  const std::size_t skip = exchange.open.size() - std::min(exchange.open.size(), altered_candidates);
  for (std::size_t i = skip; i < exchange.open.size(); ++i) {
    Request& request = exchange.open[i];
    if (request.altered_by != 0 || request.client_port != datagram.destination.port.value) continue;
    const bool same_length = request.length == datagram.length;
    const std::uint64_t common = likeness(exchange, request, datagram.payload);
    if (!same_length && 2 * common < std::min<std::uint64_t>(request.length, datagram.length)) continue;
    if (best != nullptr && (common < best_likeness || (common == best_likeness && best_same_length >= same_length))) {
      continue;
    }
    best = &request;
    best_likeness = common;
    best_same_length = same_length;
  }
  if (best == nullptr) return false;
  best->altered_by = datagram.frame.number;
  Incident incident;
  incident.message = best->message;
  incident.packet = datagram.frame.number;
  incident.request_packet = best->packet;
  Annotation difference{
      .value = best->length, .other = saturate32(best->packet), .message = best->message, .length = datagram.length};
  Note note = Note::altered_unknown;
  if (best->planned && best->message != 0) {
    const std::string sent = ExpectedPayload(*exchange.plan).part(best->message, 0, best->length);
    incident.offset = first_difference(sent, datagram.payload);
    incident.expected = excerpt(sent, incident.offset);
    // Behind the end of what the snaplen left, nothing differs for sure but the length.
    if (!is_cut(datagram) || incident.offset < datagram.payload.size()) {
      note = Note::altered;
      difference.value = incident.offset;
      difference.is = byte_at(datagram.payload, incident.offset);
      difference.was = byte_at(sent, incident.offset);
    }
  }
  annotate(note, exchange, datagram.frame.number, difference);
  incident.got = excerpt(datagram.payload, incident.offset);
  if (best->length != datagram.length) {
    incident.detail = fmt::format("{} bytes came back of {}", datagram.length, best->length);
  }
  if (best->message != 0) {
    MessageState& state = exchange.message(best->message);
    state.set(MessageState::altered);
    if (state.echo_packet == 0) state.echo_packet = saturate32(datagram.frame.number);
  }
  if (exchange.altered_pending.size() < incidents_pending) {
    exchange.altered_pending.push_back(std::move(incident));
  } else {
    exchange.add(Trouble::altered, std::move(incident));
  }
  return true;
}

void UdpJudge::reply_from_other_port(ExchangeState& exchange, const capture::UdpDatagram& datagram) {
  const std::uint64_t hash = payload_hash(datagram.payload);
  Incident incident;
  incident.packet = datagram.frame.number;
  incident.detail = datagram.source.to_string();
  incident.got = excerpt(datagram.payload, 0);
  for (const Request& request : exchange.open) {
    if (!same_bytes(exchange, request, datagram, hash)) continue;
    incident.message = request.message;
    incident.request_packet = request.packet;
    break;
  }
  annotate(Note::other_port, exchange, datagram.frame.number,
           {.other = saturate32(incident.request_packet), .message = incident.message});
  exchange.add(Trouble::other_port, std::move(incident));
}

void UdpJudge::stray(const capture::UdpDatagram& datagram) {
  const auto annotate_stray = [&](Note note) {
    if (ledger_.annotations == nullptr) return;
    ledger_.annotations->add({.packet = saturate32(datagram.frame.number), .note = note});
  };
  Incident incident;
  incident.packet = datagram.frame.number;
  incident.detail = fmt::format("{} to {}", datagram.source.to_string(), datagram.destination.to_string());
  incident.got = excerpt(datagram.payload, 0);
  if (directory_.is_server_address(datagram.source.address) &&
      directory_.is_node_address(datagram.destination.address)) {
    ledger_.strays.from_servers.add(std::move(incident));
    annotate_stray(Note::stray_from_server);
  } else if (directory_.is_server(datagram.destination, Transport::udp)) {
    ledger_.strays.to_servers.add(std::move(incident));
    annotate_stray(Note::stray_to_server);
  } else {
    ++ledger_.strays.others;  // name look-ups, multicast: not about echoes
  }
}

}  // namespace echolab::verify

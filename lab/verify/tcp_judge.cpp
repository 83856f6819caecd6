#include "lab/verify/tcp_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "lab/base/clock.h"
#include "lab/verify/wire_probes.h"

namespace echolab::verify {

namespace {

std::uint8_t planned_byte(const ExpectedPayload& expected, std::uint32_t message, std::uint64_t offset) {
  const std::string byte = expected.part(message, offset, 1);
  return byte.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(byte[0]);
}

TcpFacts::Side side_facts(const capture::TcpConversation::Side& side) {
  return {{side.retransmitted_segments, side.first_retransmission_packet},
          {side.out_of_order_segments, side.first_out_of_order_packet},
          {side.zero_windows, side.first_zero_window_packet}};
}

}  // namespace

// Splits `length` bytes at the bounds of the planned messages. Messages without bytes are complete when reached.
template <typename Visit>
void TcpJudge::walk(const ExchangeState& exchange, Cursor& cursor, std::uint64_t length, Visit visit) {
  const ExpectedPayload expected(*exchange.plan);
  std::uint64_t from = 0;
  while (cursor.message <= exchange.plan->messages) {
    if (!cursor.entered) {
      cursor.size = expected.size(cursor.message);
      cursor.within = 0;
      cursor.entered = true;
      cursor.damaged = false;
    }
    const std::uint64_t count = std::min(length - from, cursor.size - cursor.within);
    const bool completes = cursor.within + count == cursor.size;
    if (count == 0 && !completes) return;
    visit(Piece{cursor.message, cursor.within, from, count, completes});
    from += count;
    cursor.within += count;
    cursor.position += count;
    if (!completes) return;
    ++cursor.message;
    cursor.entered = false;
  }
  cursor.beyond += length - from;
  cursor.position += length - from;
}

void TcpJudge::annotate(Note note, const ExchangeState& exchange, std::uint64_t packet, const Annotation& more) {
  if (ledger_.annotations != nullptr) ledger_.annotations->add(note, exchange, packet, more);
}

bool TcpJudge::told_alone(Cursor& cursor, std::uint64_t packet) {
  if (cursor.packet != packet) cursor.ended = 0;
  cursor.packet = packet;
  return ++cursor.ended <= Annotations::messages_per_segment;
}

void TcpJudge::annotate_rest(const ExchangeState& exchange, std::uint64_t packet, std::uint64_t messages) {
  if (messages > 0) annotate(Note::more_messages, exchange, packet, {.value = messages});
}

void TcpJudge::annotate_unanswered(const ExchangeState& exchange, const Sent& sent) {
  const MessageState* state = exchange.find_message(sent.message);
  if (state == nullptr || sent.ordinal > Annotations::messages_per_segment) return;
  Annotation more{.message = sent.message};
  Note note = Note::request_unanswered;
  if (state->has(MessageState::replaced)) {
    note = Note::request_unjudged;
  } else if (state->has(MessageState::altered)) {
    note = Note::request_altered;
    more.other = state->echo_packet;
  } else if (state->has(MessageState::unverified)) {
    note = Note::request_unverified;
  }
  annotate(note, exchange, sent.packet, more);
}

void TcpJudge::annotate_connection(const capture::TcpConversation& conversation, const ExchangeState* exchange) {
  if (ledger_.annotations == nullptr || !directory_.is_server(conversation.server, Transport::tcp)) return;
  const auto step = [&](Note note, std::uint64_t packet) {
    ledger_.annotations->add({.packet = saturate32(packet),
                              .exchange = exchange == nullptr ? Annotation::no_exchange : exchange->index,
                              .note = note});
  };
  step(Note::handshake_syn, conversation.syn_packet);
  step(Note::handshake_synack, conversation.synack_packet);
  step(Note::handshake_ack, conversation.handshake_packet);
  step(Note::client_fin, conversation.client_side.fin_packet);
  step(Note::server_fin, conversation.server_side.fin_packet);
  if (!conversation.reset) return;
  const bool refused = !conversation.reset_by_client && conversation.syn_packet != 0 && conversation.synack_packet == 0;
  step(refused                        ? Note::refused
       : conversation.reset_by_client ? Note::client_reset
                                      : Note::server_reset,
       conversation.reset_packet);
}

TcpJudge::Stream& TcpJudge::stream_of(const capture::TcpConversation& conversation) {
  Stream& stream = streams_[conversation.id];
  if (stream.known) return stream;
  stream.known = true;
  Incident incident;
  incident.packet = conversation.first_packet;
  incident.detail = fmt::format("{} to {}", conversation.client.to_string(), conversation.server.to_string());
  if (!directory_.is_server(conversation.server, Transport::tcp)) {
    ++ledger_.strays.others;
    return stream;
  }
  ExchangeState* exchange = directory_.find_or_learn(conversation.client, conversation.server, Transport::tcp);
  if (exchange == nullptr) {
    ledger_.strays.to_servers.add(std::move(incident));
    return stream;
  }
  if (exchange->tcp.connections++ > 0) {
    incident.detail = fmt::format("connection number {}", exchange->tcp.connections);
    exchange->add(Trouble::request_unplanned, std::move(incident));
    annotate(Note::unplanned_connection, *exchange, conversation.first_packet);
    return stream;
  }
  if (!exchange->client) exchange->client = conversation.client;
  exchange->first_packet = conversation.first_packet;
  exchange->tcp.opened = true;
  exchange->tcp.first_packet = conversation.first_packet;
  stream.exchange = exchange;
  return stream;
}

void TcpJudge::on_data(const capture::TcpConversation& conversation, capture::Direction direction,
                       std::uint64_t /*offset*/, Bytes bytes, const capture::Frame& packet) {
  Stream& stream = stream_of(conversation);
  if (stream.exchange == nullptr) return;
  if (ledger_.probes != nullptr) ledger_.probes->stream(*stream.exchange, direction, bytes, packet);
  if (direction == capture::Direction::to_server) {
    take_request(stream, bytes, packet);
  } else {
    take_echo(stream, bytes, packet);
  }
}

void TcpJudge::take_request(Stream& stream, Bytes bytes, const capture::Frame& packet) {
  ExchangeState& exchange = *stream.exchange;
  const ExpectedPayload expected(*exchange.plan);
  Cursor& cursor = stream.requests;
  const std::uint64_t start = cursor.position;
  const bool was_beyond = cursor.beyond > 0;
  ++exchange.requests;
  std::uint64_t rest = 0;  // messages ended by this packet that are not told one by one
  walk(exchange, cursor, bytes.size(), [&](const Piece& piece) {
    const Bytes part = bytes.subspan(static_cast<std::size_t>(piece.from), static_cast<std::size_t>(piece.count));
    const auto at = expected.difference(piece.message, piece.within, part);
    if (at && !cursor.damaged) {
      cursor.damaged = true;
      exchange.message(piece.message).set(MessageState::replaced);
      Incident incident;
      incident.message = piece.message;
      incident.packet = packet.number;
      incident.offset = start + piece.from + *at;
      incident.expected = excerpt(expected.part(piece.message, piece.within, *at + 128), *at);
      incident.got = excerpt(part, *at);
      if (cursor.packet != packet.number || cursor.ended < Annotations::messages_per_segment) {
        annotate(Note::request_differs_tcp, exchange, packet.number,
                 {.value = incident.offset,
                  .message = piece.message,
                  .is = part[static_cast<std::size_t>(*at)],
                  .was = planned_byte(expected, piece.message, piece.within + *at)});
      }
      exchange.add(Trouble::request_differs, std::move(incident));
    }
    if (!piece.completes) return;
    MessageState& state = exchange.message(piece.message);
    if (!cursor.damaged) state.set(MessageState::requested);
    state.request_packet = saturate32(packet.number);
    state.attempts = 1;
    exchange.highest = std::max(exchange.highest, piece.message);
    if (!told_alone(cursor, packet.number)) ++rest;
    stream.sent.push_back({piece.message, packet.time_ns, packet.number, cursor.ended});
  });
  annotate_rest(exchange, packet.number, rest);
  if (cursor.beyond > 0 && !was_beyond) {
    Incident incident;
    incident.packet = packet.number;
    incident.offset = cursor.position - cursor.beyond;
    incident.detail = "bytes after the last planned message";
    exchange.add(Trouble::request_unplanned, std::move(incident));
    annotate(Note::request_unplanned, exchange, packet.number);
  }
}

void TcpJudge::take_echo(Stream& stream, Bytes bytes, const capture::Frame& packet) {
  ExchangeState& exchange = *stream.exchange;
  const ExpectedPayload expected(*exchange.plan);
  Cursor& cursor = stream.echoes;
  const std::uint64_t start = cursor.position;
  ++exchange.replies;
  if (exchange.first_reply_packet == 0) exchange.first_reply_packet = packet.number;
  std::uint64_t rest = 0;  // messages that this packet ended or altered and that are not told one by one
  walk(exchange, cursor, bytes.size(), [&](const Piece& piece) {
    const Bytes part = bytes.subspan(static_cast<std::size_t>(piece.from), static_cast<std::size_t>(piece.count));
    MessageState& state = exchange.message(piece.message);
    if (state.has(MessageState::replaced)) {
      // What the client really sent is not kept, so nothing can be said about its echo.
      cursor.damaged = true;
      if (piece.completes) state.set(MessageState::unverified);
    } else if (const auto at = expected.difference(piece.message, piece.within, part); at && !cursor.damaged) {
      cursor.damaged = true;
      state.set(MessageState::altered);
      state.echo_packet = saturate32(packet.number);
      Incident incident;
      incident.message = piece.message;
      incident.packet = packet.number;
      incident.request_packet = state.request_packet;
      incident.offset = start + piece.from + *at;
      incident.detail = fmt::format("stream offset {}", incident.offset);
      incident.expected = excerpt(expected.part(piece.message, piece.within, *at + 128), *at);
      incident.got = excerpt(part, *at);
      if (told_alone(cursor, packet.number)) {
        annotate(Note::altered_tcp, exchange, packet.number,
                 {.value = incident.offset,
                  .other = state.request_packet,
                  .message = piece.message,
                  .is = part[static_cast<std::size_t>(*at)],
                  .was = planned_byte(expected, piece.message, piece.within + *at)});
      } else {
        ++rest;
      }
      exchange.add(Trouble::altered, std::move(incident));
    }
    if (!piece.completes || cursor.damaged) return;
    const bool told = told_alone(cursor, packet.number);
    if (!told) ++rest;
    complete_echo(stream, piece.message, packet, told);
  });
  annotate_rest(exchange, packet.number, rest);
  if (stream.beyond_packet == 0 && cursor.position > stream.requests.position) stream.beyond_packet = packet.number;
}

void TcpJudge::complete_echo(Stream& stream, std::uint32_t message, const capture::Frame& packet, bool told) {
  ExchangeState& exchange = *stream.exchange;
  while (!stream.sent.empty() && stream.sent.front().message < message) {
    annotate_unanswered(exchange, stream.sent.front());
    stream.sent.pop_front();
  }
  MessageState& state = exchange.message(message);
  state.echo_packet = saturate32(packet.number);
  if (packet.number != 0) exchange.note_echo(packet.time_ns, packet.number);
  if (stream.sent.empty() || stream.sent.front().message != message) {
    state.set(MessageState::echoed);  // its request is not whole in the capture: there is no round trip to tell
    if (told) annotate(Note::orphan, exchange, packet.number, {.message = message});
    return;
  }
  const Sent sent = stream.sent.front();
  stream.sent.pop_front();
  const std::int64_t timeout = exchange.plan->timeout.count();
  const std::int64_t elapsed = std::max<std::int64_t>(0, capture::nanoseconds_between(sent.time_ns, packet.time_ns));
  const bool late = timeout != 0 && elapsed > timeout;
  Annotation pair{.value = static_cast<std::uint64_t>(elapsed), .message = message};
  if (sent.ordinal <= Annotations::messages_per_segment) {
    pair.other = saturate32(packet.number);
    annotate(late ? Note::request_late : Note::request_echoed, exchange, sent.packet, pair);
  }
  if (told) {
    pair.other = saturate32(sent.packet);
    annotate(late ? Note::echo_late : Note::echo, exchange, packet.number, pair);
  }
  if (!late) {
    exchange.round_trips.add(static_cast<std::uint64_t>(elapsed), sent.packet, packet.number);
    state.set(MessageState::echoed);
    return;
  }
  state.set(MessageState::late);
  Incident incident;
  incident.message = message;
  incident.packet = packet.number;
  incident.request_packet = sent.packet;
  incident.detail = humanize_duration(Nanoseconds(elapsed));
  exchange.add(Trouble::late, std::move(incident));
}

void TcpJudge::on_gap(const capture::TcpConversation& conversation, capture::Direction direction,
                      std::uint64_t /*offset*/, std::uint64_t length) {
  Stream& stream = stream_of(conversation);
  if (stream.exchange == nullptr) return;
  ExchangeState& exchange = *stream.exchange;
  exchange.tcp.missing += length;
  if (ledger_.probes != nullptr) ledger_.probes->gap(exchange, direction, length);
  Cursor& cursor = direction == capture::Direction::to_server ? stream.requests : stream.echoes;
  walk(exchange, cursor, length, [&](const Piece& piece) {
    if (piece.count == 0) return;
    cursor.damaged = true;
    MessageState& state = exchange.message(piece.message);
    state.set(MessageState::unverified);
    if (direction == capture::Direction::to_server && piece.completes) {
      // Acknowledged, so it was sent; its echo can still be compared with the plan.
      state.set(MessageState::requested);
      exchange.highest = std::max(exchange.highest, piece.message);
    }
  });
}

void TcpJudge::on_close(const capture::TcpConversation& conversation) {
  const auto at = streams_.find(conversation.id);
  const bool carried = at != streams_.end();
  // An attempt that was refused is no connection.
  if (!carried && !conversation.handshake) {
    annotate_connection(conversation, directory_.find(conversation.client, conversation.server, Transport::tcp));
    return;
  }
  Stream& stream = carried ? at->second : stream_of(conversation);
  annotate_connection(conversation, directory_.find(conversation.client, conversation.server, Transport::tcp));
  if (stream.exchange != nullptr) {
    ExchangeState& exchange = *stream.exchange;
    TcpFacts& facts = exchange.tcp;
    facts.handshake = conversation.handshake;
    facts.unseen =
        conversation.client_side.incomplete || conversation.server_side.incomplete || conversation.crowded_out;
    facts.reset = conversation.reset;
    facts.reset_by_client = conversation.reset_by_client;
    facts.reset_packet = conversation.reset_packet;
    facts.client_fin = conversation.client_side.fin;
    facts.client_fin_packet = conversation.client_side.fin_packet;
    facts.server_fin = conversation.server_side.fin;
    facts.server_fin_packet = conversation.server_side.fin_packet;
    facts.syn_packet = conversation.syn_packet;
    facts.synack_packet = conversation.synack_packet;
    facts.handshake_packet = conversation.handshake_packet;
    facts.handshake_time_ns = conversation.handshake_time_ns;
    facts.early_data_packet = conversation.early_data_packet;
    facts.from_client = side_facts(conversation.client_side);
    facts.from_server = side_facts(conversation.server_side);
    facts.bytes_sent = stream.requests.position;
    facts.bytes_echoed = stream.echoes.position;
    const capture::Frame none;
    if (conversation.handshake) {
      // Messages without bytes at the beginning of a stream that never carried any.
      walk(exchange, stream.requests, 0, [&](const Piece& piece) {
        if (!piece.completes) return;
        exchange.message(piece.message).set(MessageState::requested);
        exchange.highest = std::max(exchange.highest, piece.message);
      });
      walk(exchange, stream.echoes, 0, [&](const Piece& piece) {
        if (piece.completes) complete_echo(stream, piece.message, none, false);
      });
    }
    if (stream.echoes.position > stream.requests.position && facts.missing == 0) {
      Incident incident;
      incident.packet = stream.beyond_packet;
      incident.offset = stream.requests.position;
      incident.detail = fmt::format("{} bytes came back of {}", stream.echoes.position, stream.requests.position);
      exchange.add(Trouble::unsolicited, std::move(incident));
      annotate(Note::beyond, exchange, stream.beyond_packet, {.value = stream.requests.position});
    }
    for (const Sent& sent : stream.sent) annotate_unanswered(exchange, sent);
  }
  streams_.erase(conversation.id);
}

}  // namespace echolab::verify

#include "lab/verify/tcp_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "lab/base/clock.h"
#include "lab/verify/wire_probes.h"

namespace echolab::verify {

namespace {

std::uint32_t saturate32(std::uint64_t number) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(number, std::numeric_limits<std::uint32_t>::max()));
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
      exchange.add(Trouble::request_differs, std::move(incident));
    }
    if (!piece.completes) return;
    MessageState& state = exchange.message(piece.message);
    if (!cursor.damaged) state.set(MessageState::requested);
    state.request_packet = saturate32(packet.number);
    state.attempts = 1;
    exchange.highest = std::max(exchange.highest, piece.message);
    stream.sent.push_back({piece.message, packet.time_ns, packet.number});
  });
  if (cursor.beyond > 0 && !was_beyond) {
    Incident incident;
    incident.packet = packet.number;
    incident.offset = cursor.position - cursor.beyond;
    incident.detail = "bytes after the last planned message";
    exchange.add(Trouble::request_unplanned, std::move(incident));
  }
}

void TcpJudge::take_echo(Stream& stream, Bytes bytes, const capture::Frame& packet) {
  ExchangeState& exchange = *stream.exchange;
  const ExpectedPayload expected(*exchange.plan);
  Cursor& cursor = stream.echoes;
  const std::uint64_t start = cursor.position;
  ++exchange.replies;
  if (exchange.first_reply_packet == 0) exchange.first_reply_packet = packet.number;
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
      exchange.add(Trouble::altered, std::move(incident));
    }
    if (piece.completes && !cursor.damaged) complete_echo(stream, piece.message, packet);
  });
  if (stream.beyond_packet == 0 && cursor.position > stream.requests.position) stream.beyond_packet = packet.number;
}

void TcpJudge::complete_echo(Stream& stream, std::uint32_t message, const capture::Frame& packet) {
  ExchangeState& exchange = *stream.exchange;
  while (!stream.sent.empty() && stream.sent.front().message < message) stream.sent.pop_front();
  MessageState& state = exchange.message(message);
  state.echo_packet = saturate32(packet.number);
  if (packet.number != 0) exchange.note_echo(packet.time_ns, packet.number);
  if (stream.sent.empty() || stream.sent.front().message != message) {
    state.set(MessageState::echoed);  // its request is not whole in the capture: there is no round trip to tell
    return;
  }
  const Sent sent = stream.sent.front();
  stream.sent.pop_front();
  const std::int64_t timeout = exchange.plan->timeout.count();
  const std::int64_t elapsed = std::max<std::int64_t>(0, packet.time_ns - sent.time_ns);
  if (timeout == 0 || elapsed <= timeout) {
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
  if (!carried && !conversation.handshake) return;
  Stream& stream = carried ? at->second : stream_of(conversation);
  if (stream.exchange != nullptr) {
    ExchangeState& exchange = *stream.exchange;
    TcpFacts& facts = exchange.tcp;
    facts.handshake = conversation.handshake;
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
        if (piece.completes) complete_echo(stream, piece.message, none);
      });
    }
    if (stream.echoes.position > stream.requests.position && facts.missing == 0) {
      Incident incident;
      incident.packet = stream.beyond_packet;
      incident.offset = stream.requests.position;
      incident.detail = fmt::format("{} bytes came back of {}", stream.echoes.position, stream.requests.position);
      exchange.add(Trouble::unsolicited, std::move(incident));
    }
  }
  streams_.erase(conversation.id);
}

}  // namespace echolab::verify

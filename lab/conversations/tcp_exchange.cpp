#include "lab/conversations/tcp_exchange.h"

#include <algorithm>

namespace echolab::conversations {

using capture::Direction;

namespace {

// Without either SYN nobody knows which byte of one stream answers which of the other.
bool begins_unknown(const capture::TcpConversation& tcp) {
  return tcp.syn_packet == 0 && tcp.synack_packet == 0;
}

}  // namespace

void TcpExchanges::on_open(const capture::TcpConversation& tcp) {
  // A connection opens with its first segment; when that is a SYN or its answer, the sides are known.
  const bool syn_seen = tcp.syn_packet != 0 || tcp.synack_packet != 0;
  const ServerSide::Decision decision = sides_.of_connection(tcp.client, tcp.server, syn_seen);
  if (decision.server == ServerSide::Side::neither) {
    ++left_out_;
    return;
  }
  if (conversations_.size() >= most_conversations) {
    ++too_many_;
    return;
  }
  const bool flipped = decision.server == ServerSide::Side::source;
  Conversation conversation;
  conversation.protocol = Transport::tcp;
  conversation.client = flipped ? tcp.server : tcp.client;
  conversation.server = flipped ? tcp.client : tcp.server;
  conversation.server_by = decision.by;
  conversation.first_packet = tcp.first_packet;
  conversation.tcp.emplace();
  sides_.remember_server(conversation.server, Transport::tcp);
  const auto index = static_cast<std::uint32_t>(conversations_.size());
  conversations_.push_back(std::move(conversation));
  open_.emplace(
      tcp.id,
      Open{index, flipped, StreamComparison(budget_), {}, verify::RoundTrips(exact_round_trips, &round_trip_budget_)});
}

TcpExchanges::Open* TcpExchanges::find(const capture::TcpConversation& tcp) {
  const auto at = open_.find(tcp.id);
  return at == open_.end() ? nullptr : &at->second;
}

void TcpExchanges::on_data(const capture::TcpConversation& tcp, Direction direction, std::uint64_t,
                           capture::Bytes bytes, const capture::Frame& packet) {
  Open* open = find(tcp);
  if (open == nullptr) return;
  const bool request = (direction == Direction::to_server) != open->flipped;
  open->streams.add(request ? Direction::to_server : Direction::to_client, bytes, packet.number);
  if (!request) return take_echo(*open, tcp, packet);
  std::string& opening = conversations_[open->index].opening;
  const capture::Bytes more = bytes.first(std::min(bytes.size(), Conversation::opening_kept - opening.size()));
  opening.append(more.begin(), more.end());
  // What the server had sent before it was asked has no round trip: a greeting, or an echo captured too early.
  if (open->streams.sent() <= open->streams.returned()) return;
  // Of very many segments under way the last one stands for those that no longer fit.
  if (open->under_way.size() >= most_under_way) open->under_way.pop_back();
  open->under_way.push_back({open->streams.sent(), packet.time_ns, packet.number});
}

void TcpExchanges::take_echo(Open& open, const capture::TcpConversation& tcp, const capture::Frame& packet) {
  Conversation& facts = conversations_[open.index];
  const std::uint64_t returned = open.streams.returned();
  while (!open.under_way.empty() && open.under_way.front().end <= returned) {
    const Segment segment = open.under_way.front();
    open.under_way.pop_front();
    if (open.streams.difference()) continue;
    const std::int64_t elapsed =
        std::max<std::int64_t>(0, capture::nanoseconds_between(segment.time_ns, packet.time_ns));
    if (elapsed <= timeout_ns_) {
      open.round_trips.add(static_cast<std::uint64_t>(elapsed));
      continue;
    }
    Fault fault;
    fault.kind = FaultKind::late;
    fault.conversation = open.index;
    fault.request_packet = segment.packet;
    fault.reply_packet = packet.number;
    fault.elapsed_ns = elapsed;
    fault.from_before = begins_unknown(tcp);
    faults_.add(fault, facts.late++);
  }
}

void TcpExchanges::on_gap(const capture::TcpConversation& tcp, Direction direction, std::uint64_t,
                          std::uint64_t length) {
  Open* open = find(tcp);
  if (open == nullptr) return;
  conversations_[open->index].tcp->missing += length;
  const bool request = (direction == Direction::to_server) != open->flipped;
  open->streams.skip(request ? Direction::to_server : Direction::to_client, length);
}

void TcpExchanges::on_close(const capture::TcpConversation& tcp) {
  const auto at = open_.find(tcp.id);
  if (at == open_.end()) return;
  judge(at->second, tcp);
  at->second.streams.finish();
  open_.erase(at);
}

void TcpExchanges::judge(Open& open, const capture::TcpConversation& tcp) {
  Conversation& facts = conversations_[open.index];
  TcpReport& report = *facts.tcp;
  report.bytes_sent = open.streams.sent();
  report.bytes_echoed = open.streams.returned();
  report.handshake = tcp.handshake;
  report.close = tcp.reset ? Close::rst : tcp.client_side.fin && tcp.server_side.fin ? Close::fin : Close::none;
  report.retransmissions = tcp.client_side.retransmitted_segments + tcp.server_side.retransmitted_segments;
  if (open.round_trips.count() > 0) {
    facts.rtt = Rtt{open.round_trips.min(), open.round_trips.percentile(50), open.round_trips.percentile(99),
                    open.round_trips.max()};
  }
  facts.judged = report.bytes_sent + report.bytes_echoed > 0;

  Fault fault;
  fault.conversation = open.index;
  fault.sent_length = report.bytes_sent;
  fault.got_length = report.bytes_echoed;
  fault.from_before = begins_unknown(tcp);
  if (const auto& difference = open.streams.difference()) {
    report.first_difference = FirstDifference{difference->offset, difference->packet};
    fault.kind = FaultKind::altered;
    fault.offset = difference->offset;
    fault.reply_packet = difference->packet;
    fault.expected = difference->expected;
    fault.got = difference->got;
    faults_.add(fault, facts.altered++);
    return;
  }
  if (!open.streams.compared()) {
    fault.kind = FaultKind::unverified;
    if (report.missing == 0) fault.doubt = "only so much of a stream is kept in memory";
    faults_.add(fault, 0);
    fault.doubt = {};
  }
  if (report.bytes_echoed > report.bytes_sent) {
    fault.kind = FaultKind::unsolicited;
    fault.offset = report.bytes_sent;
    fault.reply_packet = open.streams.packet_beyond();
    faults_.add(fault, facts.unsolicited++);
  } else if (report.bytes_echoed < report.bytes_sent) {
    const bool reset_by_client = tcp.reset && tcp.reset_by_client != open.flipped;
    const std::uint64_t server_fin = open.flipped ? tcp.client_side.fin_packet : tcp.server_side.fin_packet;
    fault.kind = reset_by_client ? FaultKind::cut_off : FaultKind::lost;
    const bool more_was_sent = open.flipped ? tcp.client_side.incomplete : tcp.server_side.incomplete;
    if (more_was_sent) fault.doubt = "the server had sent more than the capture shows";
    if (tcp.crowded_out) fault.doubt = "too many connections were open at once to follow this one to its end";
    fault.offset = report.bytes_echoed;
    fault.reply_packet = tcp.reset ? tcp.reset_packet : server_fin;
    // The segment that carried the first byte that did not come back.
    if (!open.under_way.empty()) fault.request_packet = open.under_way.front().packet;
    faults_.add(fault, facts.lost++);
  }
}

}  // namespace echolab::conversations

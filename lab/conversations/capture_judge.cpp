#include "lab/conversations/capture_judge.h"

#include <algorithm>

namespace echolab::conversations {

namespace {

Datagram datagram_of(const capture::UdpDatagram& udp) {
  return {udp.payload, udp.length, udp.frame.time_ns, udp.frame.number};
}

}  // namespace

CaptureJudge::CaptureJudge(const JudgeOptions& options, std::uint64_t seed)
    : sides_(options),
      shared_(options.timeout.count(), seed),
      flows_(seed),
      exchanges_(connections_, sides_, tcp_faults_, shared_.round_trip_budget, options.timeout.count()),
      streams_(exchanges_) {}

void CaptureJudge::on_udp(const capture::UdpDatagram& udp) {
  const Datagram datagram = datagram_of(udp);
  if (const Flow* flow = flows_.find(udp.source, udp.destination)) return judge(*flow, datagram, udp.source);
  if (!any_) first_time_ns_ = udp.frame.time_ns;
  any_ = true;
  first_of(udp, datagram);
}

void CaptureJudge::judge(Flow flow, const Datagram& datagram, const Endpoint& source) {
  switch (flow.role) {
    case FlowRole::to_server:
      return pairings_[flow.index].request(conversations_[flow.index], datagram);
    case FlowRole::to_client:
      if (pairings_[flow.index].reply(conversations_[flow.index], datagram)) return;
      return explain_reply(flow.index, datagram);
    case FlowRole::other_port: {
      Fault fault;
      fault.kind = FaultKind::other_port;
      fault.peer = source;
      return pairings_[flow.index].unexplained(conversations_[flow.index], datagram, fault);
    }
    case FlowRole::undecided: {
      Undecided& undecided = undecided_[flow.index];
      if (!undecided.decided) return hold(undecided, source, datagram);
      const bool request = source == conversations_[undecided.conversation].client;
      return judge({undecided.conversation, request ? FlowRole::to_server : FlowRole::to_client}, datagram, source);
    }
    case FlowRole::left_out:
    case FlowRole::free:
      return;
  }
}

void CaptureJudge::first_of(const capture::UdpDatagram& udp, const Datagram& datagram) {
  if (flows_.full()) {
    ++too_many_;
    return;
  }
  if (reply_from_other_port(udp, datagram)) return;
  const ServerSide::Decision decision = sides_.of_first_datagram(udp.source, udp.destination);
  const auto insert_both = [&](Flow there, Flow back) {
    flows_.insert(udp.source, udp.destination, there);
    if (udp.source != udp.destination) flows_.insert(udp.destination, udp.source, back);
  };
  if (decision.server == ServerSide::Side::neither) {
    ++left_out_;
    return insert_both({0, FlowRole::left_out}, {0, FlowRole::left_out});
  }
  if (conversations_.size() >= most_conversations) {
    ++too_many_;
    return insert_both({0, FlowRole::left_out}, {0, FlowRole::left_out});
  }
  if (decision.server == ServerSide::Side::open && undecided_.size() < most_undecided) {
    const auto index = static_cast<std::uint32_t>(undecided_.size());
    undecided_.push_back({udp.source, udp.destination, {}, 0, false});
    insert_both({index, FlowRole::undecided}, {index, FlowRole::undecided});
    return hold(undecided_.back(), udp.source, datagram);
  }
  const bool to_server = decision.server != ServerSide::Side::source;
  const std::uint32_t index = open(to_server ? udp.source : udp.destination, to_server ? udp.destination : udp.source,
                                   decision.by, datagram.packet);
  const Flow there{index, to_server ? FlowRole::to_server : FlowRole::to_client};
  insert_both(there, {index, to_server ? FlowRole::to_client : FlowRole::to_server});
  judge(there, datagram, udp.source);
}

std::uint32_t CaptureJudge::open(const Endpoint& client, const Endpoint& server, ServerBy by, std::uint64_t packet) {
  const auto index = static_cast<std::uint32_t>(conversations_.size());
  Conversation conversation;
  conversation.client = client;
  conversation.server = server;
  conversation.server_by = by;
  conversation.requests = conversation.echoed = 0;
  conversation.first_packet = packet;
  conversations_.push_back(std::move(conversation));
  pairings_.emplace_back(shared_, index);
  clients_.try_emplace(client, index);
  sides_.remember_server(server, Transport::udp);
  return index;
}

// A server that opens a new socket for its answer: the reply comes from its address, but from a port that the client
// never wrote to.
bool CaptureJudge::reply_from_other_port(const capture::UdpDatagram& udp, const Datagram& datagram) {
  const auto client = clients_.find(udp.destination);
  if (client == clients_.end()) return false;
  const Conversation& conversation = conversations_[client->second];
  // On one host (loopback) every program has the server's address: there only the bytes tell a reply.
  if (conversation.server.address != udp.source.address) return false;
  if (conversation.client.address == udp.source.address &&
      pairings_[client->second].packet_waiting_for(datagram, shared_.hash_of(datagram.payload)) == 0) {
    return false;
  }
  const Flow flow{client->second, FlowRole::other_port};
  flows_.insert(udp.source, udp.destination, flow);
  judge(flow, datagram, udp.source);
  return true;
}

// R5 before R6 and R7.
void CaptureJudge::explain_reply(std::uint32_t index, const Datagram& datagram) {
  Conversation& facts = conversations_[index];
  Fault fault;
  fault.kind = FaultKind::unsolicited;
  fault.from_before =
      *facts.requests == 0 && capture::nanoseconds_between(first_time_ns_, datagram.time_ns) <= shared_.timeout_ns;
  if (searches_left_ > 0 && datagram.length > 0) {
    --searches_left_;
    const std::uint64_t hash = shared_.hash_of(datagram.payload);
    for (std::uint32_t other = 0; other < conversations_.size(); ++other) {
      if (other == index || conversations_[other].server != facts.server) continue;
      const std::uint64_t packet = pairings_[other].packet_waiting_for(datagram, hash);
      if (packet == 0) continue;
      fault.kind = FaultKind::wrong_client;
      fault.request_packet = packet;
      fault.peer = conversations_[other].client;
      break;
    }
  }
  pairings_[index].unexplained(facts, datagram, fault);
}

void CaptureJudge::hold(Undecided& undecided, const Endpoint& source, const Datagram& datagram) {
  const bool from_first = source == undecided.first_source;
  // Bytes that come back tell who asked first.
  for (const Undecided::Early& earlier : undecided.datagrams) {
    const bool equal =
        earlier.from_first != from_first && !datagram.payload.empty() &&
        std::equal(earlier.payload.begin(), earlier.payload.end(), datagram.payload.begin(), datagram.payload.end());
    if (!equal) continue;
    const bool first_is_client = earlier.from_first;
    decide(undecided, first_is_client, ServerBy::echoes);
    return judge({undecided.conversation, from_first == first_is_client ? FlowRole::to_server : FlowRole::to_client},
                 datagram, source);
  }
  if (undecided.datagrams.size() >= most_early || early_bytes_ + datagram.payload.size() > most_early_bytes) {
    decide(undecided, true, ServerBy::first_datagram);
    return judge({undecided.conversation, from_first ? FlowRole::to_server : FlowRole::to_client}, datagram, source);
  }
  Undecided::Early early{{datagram.payload.begin(), datagram.payload.end()}, datagram, from_first};
  early.datagram.payload = {};
  early_bytes_ += early.payload.size();
  undecided.datagrams.push_back(std::move(early));
}

void CaptureJudge::decide(Undecided& undecided, bool first_is_client, ServerBy by) {
  const Endpoint& client = first_is_client ? undecided.first_source : undecided.first_destination;
  const Endpoint& server = first_is_client ? undecided.first_destination : undecided.first_source;
  undecided.decided = true;
  undecided.conversation = open(client, server, by, undecided.datagrams.front().datagram.packet);
  const std::vector<Undecided::Early> datagrams = std::move(undecided.datagrams);
  undecided.datagrams.clear();
  const std::uint32_t index = undecided.conversation;
  for (const Undecided::Early& early : datagrams) {
    early_bytes_ -= early.payload.size();
    Datagram datagram = early.datagram;
    datagram.payload = early.payload;
    const bool request = early.from_first == first_is_client;
    judge({index, request ? FlowRole::to_server : FlowRole::to_client}, datagram, request ? client : server);
  }
}

void CaptureJudge::on_icmp_error(const capture::IcmpError& error) {
  if (error.transport != Transport::udp) return;
  const Flow* flow = flows_.find(error.source, error.destination);
  if (flow == nullptr || flow->role != FlowRole::to_server) return;
  std::uint64_t& packet = conversations_[flow->index].icmp_packet;
  if (packet == 0) packet = error.frame.number;
}

void CaptureJudge::finish() {
  for (Undecided& undecided : undecided_) {
    if (!undecided.decided) decide(undecided, true, ServerBy::first_datagram);
  }
  for (std::size_t i = 0; i < pairings_.size(); ++i) pairings_[i].finish(conversations_[i]);
  streams_.finish();
}

CaptureJudge::Result CaptureJudge::take() && {
  Result result;
  result.left_out = left_out_ + exchanges_.left_out();
  result.too_many = too_many_ + exchanges_.too_many();
  result.faults = shared_.faults.take();
  std::vector<Fault> tcp = tcp_faults_.take();
  const auto udp_count = static_cast<std::uint32_t>(conversations_.size());
  for (Fault& fault : tcp) {
    fault.conversation += udp_count;
    result.faults.push_back(fault);
  }
  std::vector<Conversation> all = std::move(conversations_);
  all.insert(all.end(), std::make_move_iterator(connections_.begin()), std::make_move_iterator(connections_.end()));
  std::vector<std::uint32_t> order(all.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return all[a].first_packet < all[b].first_packet; });
  std::vector<std::uint32_t> place(all.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    place[order[i]] = i;
    result.conversations.push_back(std::move(all[order[i]]));
  }
  for (Fault& fault : result.faults) fault.conversation = place[fault.conversation];
  std::stable_sort(result.faults.begin(), result.faults.end(),
                   [](const Fault& a, const Fault& b) { return a.conversation < b.conversation; });
  return result;
}

}  // namespace echolab::conversations

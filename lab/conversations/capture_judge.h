#pragma once
// Hands each fact of a capture to the conversation it belongs to.

#include <map>
#include <vector>

#include "lab/capture/tcp_streams.h"
#include "lab/conversations/flow_table.h"
#include "lab/conversations/server_side.h"
#include "lab/conversations/tcp_exchange.h"
#include "lab/conversations/udp_pairing.h"

namespace echolab::conversations {

class CaptureJudge final : public capture::Sink {
 public:
  static constexpr std::size_t most_conversations = 65'536;

  // Borrows the options. The seed keeps a hostile file from knowing how its flows are hashed; no result depends on it.
  CaptureJudge(const JudgeOptions& options, std::uint64_t seed);

  void on_udp(const capture::UdpDatagram& datagram) override;
  void on_tcp(const capture::TcpSegment& segment) override { streams_.add(segment); }
  void on_icmp_error(const capture::IcmpError& error) override;
  // After the last packet.
  void finish();

  struct Result {
    std::vector<Conversation> conversations;  // in the order of their first packet
    std::vector<Fault> faults;
    std::uint64_t left_out = 0;  // conversations of other services
    std::uint64_t too_many = 0;  // conversations beyond the bound; datagrams of those beyond twice the bound
  };
  Result take() &&;

 private:
  // The first datagrams of a conversation whose sides are not told apart yet.
  struct Undecided {
    struct Early {
      std::vector<std::uint8_t> payload;
      Datagram datagram;  // its payload is replaced when it is judged
      bool from_first = true;
    };
    Endpoint first_source, first_destination;
    std::vector<Early> datagrams;
    std::uint32_t conversation = 0;
    bool decided = false;
  };
  static constexpr std::size_t most_early = 32, most_undecided = 1024, most_early_bytes = std::size_t{4} << 20;

  void first_of(const capture::UdpDatagram& udp, const Datagram& datagram);
  void judge(Flow flow, const Datagram& datagram, const Endpoint& source);
  bool reply_from_other_port(const capture::UdpDatagram& udp, const Datagram& datagram);
  std::uint32_t open(const Endpoint& client, const Endpoint& server, ServerBy by, std::uint64_t packet);
  void hold(Undecided& undecided, const Endpoint& source, const Datagram& datagram);
  void decide(Undecided& undecided, bool first_is_client, ServerBy by);
  void explain_reply(std::uint32_t index, const Datagram& datagram);

  ServerSide sides_;
  std::vector<Conversation> conversations_;  // UDP
  std::vector<Conversation> connections_;    // TCP
  UdpPairing::Shared shared_;
  FaultList tcp_faults_;
  std::vector<UdpPairing> pairings_;  // as conversations_
  FlowTable flows_;
  std::vector<Undecided> undecided_;
  std::size_t early_bytes_ = 0;
  std::map<Endpoint, std::uint32_t> clients_;  // the first conversation of each client endpoint
  TcpExchanges exchanges_;
  capture::TcpStreams streams_;
  std::int64_t first_time_ns_ = 0;
  bool any_ = false;
  std::uint64_t left_out_ = 0, too_many_ = 0;
  int searches_left_ = 1000;  // for the client that a stray reply was meant for: each looks at all of a server
};

}  // namespace echolab::conversations

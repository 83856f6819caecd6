#pragma once
// What the witnesses said about every planned exchange, kept small: 24 bytes a message, and details only of trouble.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lab/base/address.h"
#include "lab/plan/plan.h"
#include "lab/verify/expected_payload.h"
#include "lab/verify/round_trips.h"

namespace echolab::verify {

class Annotations;

// Packet numbers are kept in 32 bits; no capture within the limits of a run has more.
inline std::uint32_t saturate32(std::uint64_t number) {
  return number > 0xffffffff ? 0xffffffff : static_cast<std::uint32_t>(number);
}

// Everything that can be wrong with an exchange. Each has a sentence in docs/checks.md.
enum class Trouble : std::uint8_t {
  // on the wire
  request_differs,    // the client sent other bytes than planned
  request_unplanned,  // the client sent a datagram that no message of the plan explains
  request_repeated,   // a message was sent more often than its retries allow
  unsent,             // a planned message never was on the wire
  lost,               // no reply
  late,               // the echo came after the timeout
  reordered,          // the echo came after the echo of a later request
  altered,            // the reply's bytes differ
  duplicate,          // one echo more than requests
  unsolicited,        // a reply that answers nothing
  other_port,         // a reply from another port of the server
  wrong_client,       // a reply with the bytes of another client's request
  misdirected,        // this client's echo was sent to another client
  orphan,             // an echo of a planned message whose request is not in the capture
  unverified,         // bytes that the capture does not hold
  // between log and wire
  client_claims_send,
  client_claims_echo,
  client_missed_send,
  client_missed_echo,
  client_altered,
  server_claims_receive,
  server_claims_send,
  server_missed_receive,
  server_missed_send,
};

struct Incident {
  std::uint32_t message = 0;  // 0: about no single message
  std::uint64_t packet = 0;   // 0: none; of the reply when there is one
  std::uint64_t request_packet = 0;
  std::uint64_t offset = 0;  // first difference: byte of the message, or of the stream for TCP
  std::uint64_t line = 0;    // of the log, for disagreements
  std::string detail, expected, got;
};

// Many of a kind: the count, the first in full and the first packets.
struct Incidents {
  static constexpr std::size_t packets_kept = 16;
  std::uint64_t count = 0;
  Incident first;
  std::vector<std::uint64_t> packets;
  void add(Incident incident);
};

// One message in the eyes of the three witnesses.
struct MessageState {
  enum Flag : std::uint16_t {
    requested = 1,
    replaced = 2,
    echoed = 4,
    late = 8,
    altered = 16,
    unverified = 32,  // capture
    client_sent = 64,
    client_received = 128,
    client_altered = 256,
    client_gave_up = 512,
    server_received = 1024,
    server_sent = 2048,
  };
  std::uint32_t request_packet = 0, echo_packet = 0;  // first of each; 0: none
  std::uint32_t hash = 0;                             // folded, of the request on the wire
  std::uint32_t logged_hash = 0;                      // folded, of what the client logged as received
  std::uint32_t client_line = 0;                      // where it did
  std::uint16_t flags = 0;
  std::uint8_t attempts = 0;  // saturates

  bool has(Flag flag) const { return (flags & flag) != 0; }
  void set(Flag flag) { flags = static_cast<std::uint16_t>(flags | flag); }
  void clear(Flag flag) { flags = static_cast<std::uint16_t>(flags & ~flag); }
  bool on_wire() const { return has(requested) || has(replaced); }
};

// A UDP request that awaits its echo.
struct Request {
  std::uint64_t hash = 0;
  std::int64_t time_ns = 0;
  std::uint64_t packet = 0;
  std::uint64_t altered_by = 0;  // packet of a reply that resembles it; an equal reply may still come
  std::uint32_t length = 0;
  std::uint32_t message = 0;  // 0: no message of the plan
  std::uint16_t client_port = 0;
  bool planned = true;       // bytes as planned
  bool superseded = false;   // a later attempt of the same message was sent
  bool cut = false;          // the capture does not hold all of it
  std::uint8_t attempt = 0;  // how often the message was sent by then; 0: no message of the plan
};

// A request that was echoed, remembered to tell a second echo from an unsolicited datagram.
struct AnsweredRequest {
  std::uint64_t hash = 0;
  std::uint32_t length = 0;
  std::uint32_t message = 0;
  std::uint64_t echo_packet = 0;
  std::uint16_t client_port = 0;
};

// Packets of one kind: how many, and the first.
struct Sighting {
  std::uint64_t count = 0, packet = 0;
  void add(std::uint64_t number) {
    if (count++ == 0) packet = number;
  }
};

struct Moment {
  std::int64_t time_ns = 0;
  std::uint64_t packet = 0;  // 0: never
};

// Facts of the TCP connection.
struct TcpFacts {
  struct Side {  // of what one side sent
    Sighting retransmitted, out_of_order, zero_windows;
  };
  Side from_client, from_server;
  std::uint64_t syn_packet = 0, synack_packet = 0, handshake_packet = 0, early_data_packet = 0;
  std::int64_t handshake_time_ns = 0;
  Sighting late_resets;  // after the connection's streams had ended
  bool opened = false, handshake = false, reset = false, reset_by_client = false, server_fin = false,
       client_fin = false;
  // Sequence numbers tell of bytes that the capture does not show, or it could not be followed to its end.
  bool unseen = false;
  std::uint64_t reset_packet = 0, server_fin_packet = 0, client_fin_packet = 0, first_packet = 0;
  std::uint64_t bytes_sent = 0, bytes_echoed = 0, missing = 0;
  std::uint64_t connections = 0;  // with data or a handshake
};

// What one program's log told about one exchange.
struct LogFacts {
  bool expected = false;                 // the node writes events
  bool complete = false;                 // totals are there, nothing dropped, cut or damaged
  std::string why;                       // it is not complete
  std::uint64_t sent = 0, received = 0;  // lines; TCP: bytes
};

struct ExchangeState {
  static constexpr std::size_t open_kept = 4096, answered_kept = 1024;

  const plan::Exchange* plan = nullptr;
  std::uint32_t index = 0;
  std::string subject;

  std::optional<Endpoint> client;   // on the wire
  std::optional<Port> logged_port;  // from the client's bind event
  std::uint64_t logged_port_line = 0;
  std::uint32_t further_ports = 0;  // of a client without event log that made a socket per message
  std::uint64_t first_packet = 0;
  std::uint64_t icmp_packet = 0;  // an ICMP error that answered a request
  std::uint64_t first_reply_packet = 0;
  Moment first_echo, last_echo;
  std::uint64_t latest_answered = 0;          // UDP: the latest request, by packet, that has its echo
  std::uint32_t latest_answered_message = 0;  // and the message it carried
  Sighting bad_checksums, absent_checksums, unfilled_checksums, contradicted_lengths;  // UDP, both directions
  std::uint32_t highest = 0;  // message number that was on the wire

  std::uint64_t requests = 0, replies = 0;  // datagrams on the wire
  std::uint64_t cut = 0;                    // of them, those cut by the snaplen
  std::vector<Request> open;                // in the order they were sent
  std::vector<AnsweredRequest> answered;    // ring
  std::size_t answered_next = 0;
  std::vector<Incident> altered_pending;                         // taken back when the equal reply comes after all
  std::vector<std::pair<std::uint32_t, Incident>> late_pending;  // by message; dropped when a retry was in time

  RoundTrips round_trips;
  TcpFacts tcp;
  LogFacts client_log, server_log;
  std::map<Trouble, Incidents> troubles;

  // Numbers of messages by their end, once the capture was read.
  std::uint64_t sent = 0, echoed = 0, lost = 0, late = 0, altered = 0, unverified = 0;

  MessageState& message(std::uint32_t number);  // from 1; grows as far as it is asked for
  const MessageState* find_message(std::uint32_t number) const;
  void note_echo(std::int64_t time_ns, std::uint64_t packet) {
    if (first_echo.packet == 0) first_echo = {time_ns, packet};
    last_echo = {time_ns, packet};
  }
  void add(Trouble trouble, Incident incident) { troubles[trouble].add(std::move(incident)); }
  const Incidents* find(Trouble trouble) const;
  std::uint64_t count(Trouble trouble) const;

 private:
  std::vector<MessageState> messages_;
};

// What was seen and belongs to no exchange.
struct Strays {
  Incidents from_servers;  // datagrams of a server that no client of the plan asked for
  Incidents to_servers;    // datagrams to a server's port from an endpoint that is in nobody's plan
  std::uint64_t others = 0;
};

// What a server's log says of itself.
struct ServerLog {
  static constexpr std::size_t accepts_kept = 100'000;
  struct Accept {
    Endpoint remote;
    std::uint64_t mono_ns = 0, line = 0;
  };
  struct Bind {
    Transport transport = Transport::udp;
    Port port;
    std::uint64_t line = 0;
  };
  LogFacts log;
  std::vector<Accept> accepts;  // in the order of their times
  std::vector<Bind> binds;
};

class WireProbes;

struct Ledger {
  explicit Ledger(const plan::Plan& plan);
  const plan::Plan& plan;
  std::vector<ExchangeState> exchanges;          // in the plan's order
  std::map<std::size_t, ServerLog> server_logs;  // by node
  Strays strays;
  Annotations* annotations = nullptr;  // borrowed; null when nobody wants comments
  WireProbes* probes = nullptr;        // borrowed: what single checks want to see; may be none
  std::uint64_t searches_left = 1000;  // for a misdirected echo's owner: each looks at all clients of a server

  // After the last packet: what still waits is lost, and the numbers are summed up.
  void settle();
};

// The bytes around the first difference, escaped, at most 64 characters.
std::string excerpt(std::string_view bytes, std::uint64_t difference, std::uint64_t skipped = 0);
std::string excerpt(Bytes bytes, std::uint64_t difference);

}  // namespace echolab::verify

#pragma once
// What became of one conversation of a capture that is judged alone, without the plan of a run.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/base/address.h"
#include "lab/base/clock.h"
#include "lab/verify/finding.h"

namespace echolab::conversations {

using verify::Outcome;

// How it was known which side is the server.
enum class ServerBy : std::uint8_t {
  named_port,       // the caller or the scenario named the server's port
  syn,              // the client sent the SYN
  other_client,     // this endpoint is the server of another conversation
  well_known_port,  // one port is below 1024, the other is not
  echoes,           // who repeats the other's bytes is the server
  first_datagram,   // who was written to first
  higher_port,      // TCP whose SYN was not captured: ephemeral ports are the high ones
};
std::string_view to_string(ServerBy reason);  // "first datagram"

enum class FaultKind : std::uint8_t {
  lost,
  late,
  altered,
  duplicate,
  unsolicited,
  other_port,    // a reply from the server's address, but another port
  wrong_client,  // a reply with the bytes that another client sent
  cut_off,       // TCP: the connection ended before all bytes came back
  unverified,    // bytes that the capture does not hold
};

// One thing that was found. Numbers of packets count from 1; 0: none.
struct Fault {
  FaultKind kind = FaultKind::lost;
  std::uint32_t conversation = 0;  // index into CaptureVerdict::conversations
  std::uint64_t request_packet = 0, reply_packet = 0;
  std::uint64_t offset = 0;                   // first difference: byte of the datagram, or of the stream for TCP
  std::optional<std::uint8_t> expected, got;  // the bytes there
  std::uint64_t sent_length = 0, got_length = 0;
  std::int64_t elapsed_ns = 0;
  Endpoint peer;             // other_port: where from; wrong_client: whose bytes
  bool from_before = false;  // came before any request was captured, near the beginning of the file
  std::string_view doubt;    // why it proves nothing, when that is known at once; lives forever
};

struct Rtt {
  std::uint64_t min_ns = 0, p50_ns = 0, p99_ns = 0, max_ns = 0;
};

enum class Close : std::uint8_t { none, fin, rst };
std::string_view to_string(Close close);

struct FirstDifference {
  std::uint64_t offset = 0, packet = 0;
};

struct TcpReport {
  std::uint64_t bytes_sent = 0, bytes_echoed = 0;
  std::optional<FirstDifference> first_difference;
  bool handshake = false;
  Close close = Close::none;
  std::uint64_t retransmissions = 0;
  std::uint64_t missing = 0;  // bytes that were acknowledged but not captured
};

struct Conversation {
  static constexpr std::size_t opening_kept = 48;

  Transport protocol = Transport::udp;
  Endpoint client, server;
  ServerBy server_by = ServerBy::first_datagram;
  // Requests end as exactly one of echoed, lost, late, altered. For TCP a request is all the bytes of a connection
  // as long as nobody tells where messages end, and requests and echoed are not known.
  std::optional<std::uint64_t> requests, echoed;
  std::uint64_t lost = 0, late = 0, duplicated = 0, altered = 0, unsolicited = 0;
  std::optional<Rtt> rtt;        // from the capture, late ones left out
  std::optional<TcpReport> tcp;  // for TCP
  std::uint64_t first_packet = 0;
  std::string opening;               // the first bytes that the client sent, at most 48
  std::uint64_t opening_length = 0;  // UDP: of that whole datagram
  std::uint64_t icmp_packet = 0;     // an ICMP error that answered a request
  std::uint64_t cut = 0;             // datagrams that the snaplen cut
  bool overwhelmed = false;          // replies came that may answer requests which had to be forgotten: too many waited
  bool judged = true;                // it carried something to judge
};

// One thing that was found, ready to be told.
struct CaptureFinding {
  std::string check = "echo";  // or the id of a scenario's check, which also has
  std::string subject;         // the client, the server or "lab"
  std::string hint;            // what to look at; may be empty
  bool warning = false;        // it decides nothing
  Outcome outcome = Outcome::failed;
  std::string message;                             // one sentence, naming packets
  std::vector<std::uint64_t> packets;              // request first
  std::optional<std::uint32_t> conversation = {};  // index, of "echo" findings about one
};

struct CaptureVerdict {
  std::string file;  // as the caller named it
  std::uint64_t packets = 0;
  bool truncated = false;                   // the file ends in the middle of a packet
  std::optional<std::uint64_t> damaged_at;  // it can't be read from this byte on
  Outcome outcome = Outcome::inconclusive;
  std::vector<Conversation> conversations;  // in the order of their first packet
  std::vector<CaptureFinding> findings;
  std::vector<std::string> notes;
};

}  // namespace echolab::conversations

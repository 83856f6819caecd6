#pragma once
// Captures as a stream of facts: one pass over a file, in file order, in memory that does not grow with the file.
// Packet numbers count from 1, as Wireshark's do. Times are nanoseconds since 1970.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "lab/base/address.h"

namespace echolab::capture {

using Bytes = std::span<const std::uint8_t>;  // borrowed: valid during the call that hands it over

// One frame of the file, decoded or not.
struct Frame {
  std::uint64_t number = 0;
  std::int64_t time_ns = 0;
  std::uint32_t interface = 0;        // index over the whole file
  std::uint32_t original_length = 0;  // on the wire; more than data.size() when snaplen cut it
  std::uint16_t link_type = 1;        // LINKTYPE_ value
  Bytes data;
};

// How much later one frame's time is than another's. The stamps of a hostile file may lie further apart than 64 bits with
// a sign can say: the difference wraps then, and is no fault of anybody's.
inline std::int64_t nanoseconds_between(std::int64_t earlier, std::int64_t later) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(later) - static_cast<std::uint64_t>(earlier));
}

enum class Checksum : std::uint8_t { good, absent, unfilled, bad, unknown };  // unknown: the bytes were cut
// unfilled: the sum over the pseudo header alone, what checksum offloading leaves in a locally sent frame.

// A UDP header whose length contradicts the IP packet that carries it: shorter than itself, or longer than the packet.
// Its payload is not known, so there is no datagram.
struct BadUdpLength {
  const Frame& frame;
  Endpoint source, destination;
  std::uint16_t length = 0;     // as written
  std::uint32_t available = 0;  // bytes that the IP packet has for header and payload
};

// A whole UDP datagram, reassembled from its fragments when there were any.
struct UdpDatagram {
  const Frame& frame;                        // the frame that completed it
  std::span<const std::uint64_t> fragments;  // frame numbers, when it came in more than one
  Endpoint source, destination;
  Bytes payload;             // what was captured of it
  std::uint32_t length = 0;  // payload bytes by the UDP header; more than payload.size() when cut
  Checksum checksum = Checksum::unknown;
};

struct TcpFlags {
  bool syn = false, ack = false, fin = false, rst = false, psh = false;
};

struct TcpSegment {
  const Frame& frame;
  Endpoint source, destination;
  std::uint32_t sequence = 0, acknowledgement = 0;
  std::uint16_t window = 0;
  TcpFlags flags;
  Bytes payload;
  std::uint32_t length = 0;  // payload bytes by the IP header; more than payload.size() when cut
  Checksum checksum = Checksum::unknown;
};

// An ICMP or ICMPv6 error and the datagram it answers, as far as it is quoted.
struct IcmpError {
  const Frame& frame;
  std::uint8_t type = 0, code = 0;
  IpAddress reporter;
  Transport transport = Transport::udp;
  Endpoint source, destination;  // of the quoted datagram
};

// Receives the facts of one pass. Every frame is handed to on_frame first.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void on_frame(const Frame&) {}
  virtual void on_udp(const UdpDatagram&) {}
  virtual void on_bad_udp_length(const BadUdpLength&) {}
  virtual void on_tcp(const TcpSegment&) {}
  virtual void on_icmp_error(const IcmpError&) {}
};

struct Interface {
  std::string name, description;
  std::uint16_t link_type = 1;
  std::uint32_t snaplen = 0;
  std::uint64_t received = 0, dropped = 0;  // from an interface statistics block, when there is one
  bool has_statistics = false;
};

// What one pass saw.
struct Summary {
  std::uint64_t packets = 0;
  std::uint64_t decoded = 0;               // UDP, TCP or ICMP error
  std::uint64_t other = 0;                 // ARP, IPv6 neighbour discovery, unknown: not about echoes
  std::uint64_t malformed = 0;             // headers that contradict themselves
  std::uint64_t cut = 0;                   // frames shortened by snaplen
  std::uint64_t fragments_incomplete = 0;  // datagrams of which a fragment never came
  std::uint64_t oversized = 0;             // frames above the Ethernet MTU: offloading was on
  std::uint64_t checksums_unfilled = 0, checksums_bad = 0;
  bool truncated = false;  // the file ends in the middle of a packet or block
  std::vector<Interface> interfaces;
  std::vector<std::string> comments;  // of the section
  std::int64_t first_time_ns = 0, last_time_ns = 0;
};

// The file is no capture, or is corrupt in a way that makes what follows unreadable.
class CaptureError : public std::runtime_error {
 public:
  CaptureError(std::uint64_t offset, const std::string& what) : std::runtime_error(what), offset_(offset) {}
  std::uint64_t offset() const { return offset_; }  // byte in the (uncompressed) file

 private:
  std::uint64_t offset_;
};

// pcap (both byte orders, µs and ns) and pcapng. Throws CaptureError, or EnvironmentError when it can't be read; a file
// cut off in the middle is read to the cut and marked truncated.
Summary read_capture(const std::filesystem::path& file, Sink& sink);

// Which way bytes of a TCP conversation go.
enum class Direction : std::uint8_t { to_server, to_client };

struct TcpConversation {
  std::uint32_t id = 0;     // from 0, in order of their first packet
  Endpoint client, server;  // client: who sent the SYN; without one, whoever has the higher port
  bool handshake = false;   // SYN, SYN+ACK and ACK were seen
  std::uint64_t syn_packet = 0, synack_packet = 0;
  std::uint64_t handshake_packet = 0;   // the ACK that ended it
  std::int64_t handshake_time_ns = 0;   // its time
  std::uint64_t early_data_packet = 0;  // first segment with data before that, when the SYN was seen
  struct Side {                         // of one direction's sender
    std::uint64_t bytes = 0;            // in order and delivered
    std::uint64_t retransmitted_segments = 0, out_of_order_segments = 0, zero_windows = 0;
    std::uint64_t first_retransmission_packet = 0, first_out_of_order_packet = 0, first_zero_window_packet = 0;
    bool fin = false;
    std::uint64_t fin_packet = 0;
    std::uint64_t missing = 0;  // bytes that were acknowledged but never captured
    // Known at the end: its sequence numbers say that it had sent more than what was captured in order or acknowledged.
    bool incomplete = false;

    void count_retransmission(const Frame& frame) {
      if (retransmitted_segments++ == 0) first_retransmission_packet = frame.number;
    }
  } client_side, server_side;
  bool reset = false;
  std::uint64_t reset_packet = 0;
  bool reset_by_client = false;
  std::uint64_t first_packet = 0, last_packet = 0;
  bool crowded_out = false;  // closed before its end, because too many were open at once
};

// Receives the streams of every TCP conversation, in order and without repetition.
class StreamSink {
 public:
  virtual ~StreamSink() = default;
  virtual void on_open(const TcpConversation&) {}  // at its first packet; syn_packet or synack_packet tells a SYN
  // Bytes at this stream offset of one direction; `packet` carried them. Pieces arrive in order of offset.
  virtual void on_data(const TcpConversation&, Direction, std::uint64_t offset, Bytes, const Frame& packet) = 0;
  // These bytes are not in the capture although the receiver acknowledged them: the capture lost them.
  virtual void on_gap(const TcpConversation&, Direction, std::uint64_t /*offset*/, std::uint64_t /*length*/) {}
  virtual void on_close(const TcpConversation&) {}  // both sides ended, a reset, or the end of the file
};

}  // namespace echolab::capture

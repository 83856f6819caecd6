#pragma once
// What the judges saw in single packets, kept small until it is written beside them as comments. A request's outcome is
// known only later, so notes come in any order and are sorted once at the end.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace echolab::verify {

struct ExchangeState;
struct Ledger;
struct Request;

// The notes of one packet are told in this order. `other` is the packet in brackets.
enum class Note : std::uint8_t {
  handshake_syn,
  handshake_synack,
  handshake_ack,
  unplanned_connection,
  // On a request.
  request_differs,      // value: first byte that differs; length: bytes on the wire
  request_differs_tcp,  // value: stream offset
  request_unplanned,
  request_echoed,       // [echo], value: nanoseconds
  request_late,         // [echo], value: nanoseconds
  request_altered,      // [reply]
  request_misdirected,  // [reply], value: exchange of the client that got it
  request_sent_again,   // [next attempt]
  request_unanswered,
  request_unjudged,    // TCP: not as planned, so its echo was compared with nothing
  request_unverified,  // TCP: the capture does not hold all of its echo
  // On a reply.
  echo,             // [request], value: nanoseconds
  echo_late,        // [request], value: nanoseconds
  resembled,        // [true echo]: takes back altered
  altered,          // [request], value: first byte that differs; length: bytes on the wire
  altered_unknown,  // [request], value: bytes sent; length: bytes on the wire; where they differ is not known
  altered_tcp,      // [request], value: stream offset
  duplicate,        // [first echo]
  orphan,
  unsolicited,
  other_port,    // [request, when it has its bytes]
  wrong_client,  // [request], value: exchange of the client that sent it
  beyond,        // value: stream offset where the client's bytes end
  stray_from_server,
  stray_to_server,
  more_messages,  // value: how many
  fragment,       // [last fragment]
  refused,
  server_reset,
  client_reset,
  server_fin,
  client_fin,
};

// 32 bytes: a million of them are 32 MB.
struct Annotation {
  static constexpr std::uint32_t no_exchange = 0xffffffff;
  static constexpr std::uint32_t last_packet = 0xffffffff;  // stands for all numbers that do not fit

  std::uint64_t value = 0;
  std::uint32_t packet = 0, other = 0;  // numbers in the capture; 0: none
  std::uint32_t exchange = no_exchange;
  std::uint32_t message = 0;  // 0: none of the plan
  std::uint32_t length = 0;
  Note note = Note::echo;
  std::uint8_t is = 0, was = 0;  // the byte at the difference, on the wire and as it should be
  std::uint8_t attempt = 0;      // of a request, from 1; 0: not counted
};
static_assert(sizeof(Annotation) == 32);

class Annotations {
 public:
  static constexpr std::size_t default_limit = 1'000'000;
  static constexpr std::uint32_t messages_per_segment = 4;  // told one by one; the others are counted

  explicit Annotations(std::size_t limit = default_limit) : limit_(limit) {}

  // Beyond the limit it is only counted. What is about packet 0 is dropped: a message without bytes has no packet.
  void add(const Annotation& annotation);
  // The same of an exchange; `more` has whatever else is known.
  void add(Note note, const ExchangeState& exchange, std::uint64_t packet, Annotation more);
  // The end of a UDP request that nothing answered, or only something like it.
  void add_unanswered(const ExchangeState& exchange, const Request& request);
  // After the last packet: sorts by packet, and takes the clients' names from the ledger.
  void finish(const Ledger& ledger);

  const std::vector<Annotation>& sorted() const { return annotations_; }
  const std::string& subject(std::uint32_t exchange) const { return subjects_.at(exchange); }
  std::uint64_t left_out() const { return left_out_; }
  std::size_t limit() const { return limit_; }

 private:
  std::size_t limit_;
  std::vector<Annotation> annotations_;
  std::vector<std::string> subjects_;  // by exchange
  std::uint64_t left_out_ = 0;
};

}  // namespace echolab::verify

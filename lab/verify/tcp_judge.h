#pragma once
// Compares both directions of each TCP connection with the planned stream as the bytes come by; nothing is buffered.
// docs/checks.md, "TCP".

#include <cstdint>
#include <deque>
#include <unordered_map>

#include "lab/capture/capture.h"
#include "lab/verify/annotations.h"
#include "lab/verify/endpoint_directory.h"
#include "lab/verify/ledger.h"

namespace echolab::verify {

class TcpJudge : public capture::StreamSink {
 public:
  // Borrows both.
  TcpJudge(Ledger& ledger, EndpointDirectory& directory) : ledger_(ledger), directory_(directory) {}

  void on_data(const capture::TcpConversation& conversation, capture::Direction direction, std::uint64_t offset,
               Bytes bytes, const capture::Frame& packet) override;
  void on_gap(const capture::TcpConversation& conversation, capture::Direction direction, std::uint64_t offset,
              std::uint64_t length) override;
  void on_close(const capture::TcpConversation& conversation) override;

 private:
  // Where one direction's stream stands among the planned messages.
  struct Cursor {
    std::uint32_t message = 1;
    std::uint64_t size = 0;      // of that message
    std::uint64_t within = 0;    // bytes of it that went by
    std::uint64_t position = 0;  // stream offset
    std::uint64_t beyond = 0;    // bytes after the last planned message
    bool entered = false;        // size is known
    bool damaged = false;        // this message differed or is not whole in the capture
    std::uint64_t packet = 0;    // that last ended messages, and how many of them
    std::uint32_t ended = 0;
  };
  struct Piece {
    std::uint32_t message;
    std::uint64_t within, from, count;
    bool completes;
  };
  struct Sent {
    std::uint32_t message;
    std::int64_t time_ns;
    std::uint64_t packet;
    std::uint32_t ordinal;  // among the messages that this packet completed, from 1
  };
  struct Stream {
    ExchangeState* exchange = nullptr;  // none: not of the plan
    Cursor requests, echoes;
    std::deque<Sent> sent;  // messages under way
    std::uint64_t beyond_packet = 0;
    bool known = false;
  };

  Stream& stream_of(const capture::TcpConversation& conversation);
  template <typename Visit>
  static void walk(const ExchangeState& exchange, Cursor& cursor, std::uint64_t length, Visit visit);
  void take_request(Stream& stream, Bytes bytes, const capture::Frame& packet);
  void take_echo(Stream& stream, Bytes bytes, const capture::Frame& packet);
  void complete_echo(Stream& stream, std::uint32_t message, const capture::Frame& packet, bool told);

  void annotate(Note note, const ExchangeState& exchange, std::uint64_t packet, const Annotation& more = {});
  void annotate_unanswered(const ExchangeState& exchange, const Sent& sent);
  void annotate_connection(const capture::TcpConversation& conversation, const ExchangeState* exchange);
  // Counts the messages that end in a packet, and says of the first few that they shall be told one by one.
  bool told_alone(Cursor& cursor, std::uint64_t packet);
  void annotate_rest(const ExchangeState& exchange, std::uint64_t packet, std::uint64_t messages);

  Ledger& ledger_;
  EndpointDirectory& directory_;
  std::unordered_map<std::uint32_t, Stream> streams_;  // open conversations, by id
};

}  // namespace echolab::verify

#pragma once
// Which of two endpoints is the server, and what is not about echoes at all.

#include <optional>
#include <set>
#include <string>

#include "lab/conversations/judge_capture.h"

namespace echolab::conversations {

class ServerSide {
 public:
  // Borrows the options.
  explicit ServerSide(const JudgeOptions& options) : options_(options) {}

  enum class Side : std::uint8_t { source, destination, open, neither };
  struct Decision {
    Side server = Side::open;  // open: the evidence contradicts itself so far
    ServerBy by = ServerBy::first_datagram;
  };
  // For the first datagram of a conversation.
  Decision of_first_datagram(const Endpoint& source, const Endpoint& destination) const;
  // For a connection whose client and server were told apart by its SYN, or by their ports when there was none.
  Decision of_connection(const Endpoint& client, const Endpoint& server, bool syn_seen) const;

  void remember_server(const Endpoint& server, Transport protocol) { known_.insert({protocol, server}); }

 private:
  bool is_named(const Endpoint& endpoint, Transport protocol) const;

  const JudgeOptions& options_;
  std::set<std::pair<Transport, Endpoint>> known_;
};

// Multicast, broadcast, and ports of services that every computer talks to: name look-ups, time, file sharing, web.
bool is_other_service(const Endpoint& one, const Endpoint& other);

}  // namespace echolab::conversations

#pragma once
// Pairs the requests of one UDP conversation with their replies, by payload and order: rules R1 to R7 of docs/checks.md,
// where nobody knows in advance what will be sent.

#include <cstdint>
#include <vector>

#include "lab/conversations/fault_list.h"
#include "lab/conversations/payload_pool.h"
#include "lab/verify/round_trips.h"

namespace echolab::conversations {

struct Datagram {
  Bytes payload;
  std::uint32_t length = 0;  // by the UDP header; more than payload.size() when the snaplen cut it
  std::int64_t time_ns = 0;
  std::uint64_t packet = 0;

  bool cut() const { return payload.size() < length; }
};

class UdpPairing {
 public:
  // What all conversations of a capture share.
  struct Shared {
    explicit Shared(std::int64_t the_timeout_ns, std::uint64_t the_seed) : timeout_ns(the_timeout_ns), seed(the_seed) {}
    std::int64_t timeout_ns;
    std::uint64_t seed;
    PayloadPool pool;
    FaultList faults;
    verify::RoundTrips::Budget round_trip_budget;
    std::size_t answered_left = std::size_t{1} << 19;  // entries of all `answered` lists together: 8 MiB

    std::uint64_t hash_of(Bytes payload) const;
  };

  // Borrows both; `facts` is where it counts.
  UdpPairing(Shared& shared, std::uint32_t index)
      : shared_(&shared), index_(index), round_trips_(exact_round_trips, &shared.round_trip_budget) {}

  void request(Conversation& facts, const Datagram& datagram);
  // False when nothing of this conversation explains the reply: it may be for another client.
  bool reply(Conversation& facts, const Datagram& datagram);
  // A reply that nothing explains. `fault` says its kind and peer.
  void unexplained(Conversation& facts, const Datagram& datagram, Fault fault);
  // The request that waits for exactly these bytes, if any.
  std::uint64_t packet_waiting_for(const Datagram& datagram, std::uint64_t hash) const;
  // After the last packet: what still waits is lost or altered.
  void finish(Conversation& facts);

 private:
  static constexpr std::size_t exact_round_trips = 1000;
  static constexpr std::size_t open_kept = 4096;  // of twice as many the older half is given up
  static constexpr std::size_t answered_kept = 1024;
  static constexpr std::size_t altered_candidates = 64;

  struct Request {
    std::uint64_t hash = 0;
    std::int64_t time_ns = 0;
    std::uint64_t packet = 0;
    std::uint64_t altered_by = 0;     // packet of a reply that resembles it; an equal one may still come
    std::uint32_t altered_place = 0;  // 1 + place of that fault; 0: it was not kept
    std::uint32_t length = 0;
    std::uint32_t kept = PayloadPool::none;
    std::uint32_t kept_bytes = 0;
    bool waits = true;
  };
  struct Answered {
    std::uint64_t hash = 0;
    std::uint64_t echo_packet : 40 = 0;
    std::uint64_t length : 24 = 0;
  };

  bool same_bytes(const Request& request, const Datagram& datagram, std::uint64_t hash) const;
  void answer(Conversation& facts, std::size_t at, const Datagram& datagram);
  bool repeats_an_echo(Conversation& facts, const Datagram& datagram, std::uint64_t hash);
  bool resembles_a_request(Conversation& facts, const Datagram& datagram);
  void take_back_alteration(Conversation& facts, const Request& request);
  void remember(const Request& request, std::uint64_t packet);
  void give_up(Conversation& facts, Request& request);
  void tidy();

  Shared* shared_;
  std::uint32_t index_;
  std::vector<Request> open_;  // in the order they were sent; before head_ nothing waits any more
  std::size_t head_ = 0;
  std::size_t waiting_ = 0;
  bool forgot_ = false;             // requests whose echo could still have come in time
  std::vector<Answered> answered_;  // a ring once it is full
  std::size_t answered_next_ = 0;
  verify::RoundTrips round_trips_;
};

}  // namespace echolab::conversations

#pragma once
// Captures of random TCP connections between an echo client and a server that does everything wrong now and then, over
// a network that does too: as frames for the judge, and as what really happened for the slow one.

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/wire_builder.h"
#include "tests/unit/conversations/slow_streams.h"

namespace echolab::test {

// How often each thing happened over all captures.
using Tally = std::map<std::string, int>;

class Dice {
 public:
  explicit Dice(std::uint32_t seed) : random_(seed) {}
  int between(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool chance(int percent) { return between(1, 100) <= percent; }

 private:
  std::mt19937 random_;
};

// Two TCPs with an echo client and an echo server on them, at the place where the capture is made: what arrives here has
// arrived, whether the capture keeps it or not.
class RandomConnection {
 public:
  static constexpr std::int64_t timeout_ns = 2'000'000;

  RandomConnection(Dice& dice, WireBuilder& wire, const Endpoint& client, const Endpoint& server, bool again,
                   Tally& tally)
      : dice_(dice), wire_(wire), oracle_(timeout_ns), tally_(tally) {
    client_.endpoint = client;
    server_.endpoint = server;
    for (Side* side : {&client_, &server_}) {
      side->first_sequence = static_cast<std::uint32_t>(dice.between(0, 1'000'000));
      if (dice.chance(50)) side->first_sequence = 0u - static_cast<std::uint32_t>(dice.between(1, 80));
    }
    // An equal first sequence number would make it the same SYN once more.
    if (again) client_.first_sequence = static_cast<std::uint32_t>(dice.between(2'000'000, 2'000'000'000));
    trouble_ = dice.chance(35) ? Trouble::none : static_cast<Trouble>(dice.between(1, 9));
    losing_ = dice.chance(20) ? dice.between(3, 15) : 0;
    rough_ = dice.chance(60);
    jumbled_ = dice.chance(10);
    unwatched_ = !again && dice.chance(15) ? dice.between(1, 12) : 0;
    steps_ = dice.between(0, 60);
    finishes_ = dice.chance(75);
    note(unwatched_ > 0, "begins late");
    note(again, "ports again");
    handshake(again);
    if (dice.chance(85)) write(client_, message());
  }

  bool over() const { return over_; }
  const SlowConnection& oracle() const { return oracle_; }

  void step() {
    if (steps_-- <= 0) {
      end();
      if (waiting_) record(*waiting_);
      return;
    }
    const int what = dice_.between(1, 100);
    if (what <= 20) {
      write(client_, message());
    } else if (what <= 70) {
      arrive(side());
      if (trouble_ != Trouble::slow || dice_.chance(20)) echo();
    } else if (what <= 80) {
      if (rough_) retransmit(side());
    } else if (what <= 84) {
      Side& sender = side();
      if (rough_ && !sender.under_way.empty()) sender.under_way.pop_front();  // the network loses it
    } else if (what <= 90) {
      send(side(), ack_flag, 0, 0);
    } else if (what <= 94) {
      half_close();
    } else {
      make_trouble();
    }
  }

 private:
  enum class Trouble { none, altered, dropped, added, greeting, early_fin, reset, resets_later, client_resets, slow };
  static constexpr int fin_flag = 1, syn_flag = 2, rst_flag = 4, ack_flag = 16;

  struct Piece {
    std::int64_t begin = 0, length = 0;
  };
  struct Side {
    Endpoint endpoint;
    std::uint32_t first_sequence = 0;
    std::string stream;
    bool closed = false;          // its FIN is behind the stream
    std::deque<Piece> under_way;  // not here yet
    std::vector<bool> arrived;    // by place
    std::int64_t consumed = 0;    // what the program on the other side has read

    std::int64_t places() const { return static_cast<std::int64_t>(stream.size()) + (closed ? 1 : 0); }
    std::int64_t in_order() const {
      std::size_t place = 0;
      while (place < arrived.size() && arrived[place]) ++place;
      return static_cast<std::int64_t>(place);
    }
  };

  // A segment as the capture keeps it.
  struct Recorded {
    SeenSegment seen;
    std::uint8_t flags = 0;
  };

  void note(bool happened, const std::string& what) {
    if (happened) ++tally_[what];
  }
  Side& side() { return dice_.chance(50) ? client_ : server_; }
  bool is_client(const Side& side) const { return &side == &client_; }

  // A small alphabet: streams that are out of step often look alike for a while.
  std::string message() {
    std::string text(static_cast<std::size_t>(dice_.between(1, 40)), 'a');
    if (dice_.chance(70)) {
      for (char& c : text) c = static_cast<char>('a' + dice_.between(0, 3));
    }
    return text;
  }

  void handshake(bool again) {
    // Of ports that are used again the capture holds the SYN: without it their segments count for the old connection.
    const int losing = std::exchange(losing_, again ? 0 : losing_);
    send(client_, syn_flag, 0, 0);
    losing_ = losing;
    note(dice_.chance(5) && send(client_, syn_flag, 0, 0), "SYN repeated");
    send(server_, syn_flag | ack_flag, 0, 0);
    if (dice_.chance(90)) send(client_, ack_flag, 0, 0);
    if (trouble_ == Trouble::greeting) write(server_, message());
  }

  // As the sender's TCP cuts it.
  void write(Side& sender, const std::string& bytes) {
    if (sender.closed || reset_) return;
    std::int64_t begin = static_cast<std::int64_t>(sender.stream.size());
    sender.stream += bytes;
    oracle_.send(is_client(sender), bytes);
    const std::int64_t end = sender.places();
    while (begin < end) {
      const std::int64_t length = std::min<std::int64_t>(end - begin, dice_.between(1, 30));
      sender.under_way.push_back({begin, length});
      begin += length;
    }
  }

  void close(Side& sender) {
    if (sender.closed || reset_) return;
    sender.closed = true;
    const auto end = static_cast<std::int64_t>(sender.stream.size());
    if (!sender.under_way.empty() && dice_.chance(50)) {
      ++sender.under_way.back().length;  // it goes with the last bytes
    } else {
      sender.under_way.push_back({end, 1});
    }
  }

  void arrive(Side& sender) {
    if (sender.under_way.empty()) return;
    const bool reordered = rough_ && dice_.chance(25);
    const int which = reordered ? dice_.between(0, static_cast<int>(sender.under_way.size()) - 1) : 0;
    const Piece piece = sender.under_way[static_cast<std::size_t>(which)];
    sender.under_way.erase(sender.under_way.begin() + which);
    note(which > 0, "reordered");
    send_piece(sender, piece);
  }

  void send_piece(Side& sender, Piece piece) {
    const bool fin = piece.begin + piece.length > static_cast<std::int64_t>(sender.stream.size());
    send(sender, ack_flag | (fin ? fin_flag : 0), piece.begin, piece.length - (fin ? 1 : 0));
  }

  // Any part of what was sent already: whole segments, parts of them, or several at once.
  void retransmit(Side& sender) {
    if (sender.places() == 0) return;
    const std::int64_t begin = dice_.between(0, static_cast<int>(sender.places()) - 1);
    const std::int64_t most = std::min<std::int64_t>(sender.places() - begin, 40);
    sender.under_way.push_back({begin, dice_.between(1, static_cast<int>(most))});
    if (dice_.chance(50)) {
      sender.under_way.push_front(sender.under_way.back());
      sender.under_way.pop_back();
    }
  }

  // The server's program: reads what is in order and repeats it, more or less.
  void echo() {
    const auto bytes_there = std::min(client_.in_order(), static_cast<std::int64_t>(client_.stream.size()));
    if (server_.closed || reset_ || client_.consumed >= bytes_there) return;
    std::string bytes = client_.stream.substr(static_cast<std::size_t>(client_.consumed),
                                              static_cast<std::size_t>(bytes_there - client_.consumed));
    client_.consumed = bytes_there;
    const auto at = static_cast<std::size_t>(dice_.between(0, static_cast<int>(bytes.size()) - 1));
    const bool now = dice_.chance(30);
    if (now && trouble_ == Trouble::altered) bytes[at] ^= 1;
    if (now && trouble_ == Trouble::dropped) bytes.erase(at, 1);
    if (now && trouble_ == Trouble::added) bytes.insert(at, "!");
    write(server_, bytes);
  }

  void half_close() {
    if (dice_.chance(30)) close(client_);
  }

  void make_trouble() {
    if (trouble_ == Trouble::early_fin) close(server_);
    if (trouble_ == Trouble::reset || trouble_ == Trouble::client_resets) {
      Side& sender = trouble_ == Trouble::reset ? server_ : client_;
      send(sender, rst_flag | (dice_.chance(80) ? ack_flag : 0), sender.places(), 0);
      reset_ = true;
    }
  }

  // Both sides get everything over, unless the capture ends before.
  void end() {
    over_ = true;
    if (!finishes_) return;
    for (int round = 0; round < 40; ++round) {
      while (!client_.under_way.empty() || !server_.under_way.empty()) {
        arrive(client_.under_way.empty() ? server_ : client_);
        echo();
      }
      if (reset_) return;
      for (Side* sender : {&client_, &server_}) {
        sender->arrived.resize(static_cast<std::size_t>(sender->places()));
        const std::int64_t from = sender->in_order();
        if (from < sender->places()) sender->under_way.push_back({from, sender->places() - from});
      }
      if (!client_.under_way.empty() || !server_.under_way.empty()) continue;
      send(client_, ack_flag, 0, 0);
      send(server_, ack_flag, 0, 0);
      if (client_.closed && server_.closed) break;
      if (!client_.closed) {
        close(client_);
      } else {
        if (trouble_ == Trouble::added) write(server_, "!!");
        close(server_);
      }
    }
    if (trouble_ == Trouble::resets_later) send(server_, rst_flag, server_.places(), 0);
  }

  // One segment arrives here. False when the capture does not keep it.
  bool send(Side& sender, int flags, std::int64_t begin, std::int64_t length) {
    Side& receiver = is_client(sender) ? server_ : client_;
    if (length == 0 && flags == ack_flag) begin = sender.places();
    const bool syn = (flags & syn_flag) != 0, fin = (flags & fin_flag) != 0;
    const std::int64_t end = begin + length + (fin ? 1 : 0);
    if (end > begin) {
      if (static_cast<std::int64_t>(sender.arrived.size()) < end) sender.arrived.resize(static_cast<std::size_t>(end));
      for (std::int64_t place = begin; place < end; ++place) sender.arrived[static_cast<std::size_t>(place)] = true;
    }
    wire_.advance_us(dice_.chance(2) ? dice_.between(500, 2500) : dice_.between(0, 50));
    if (unwatched_ > 0) {
      --unwatched_;
      return false;
    }
    if (dice_.chance(losing_)) {
      note(true, "not captured");
      return false;
    }
    SeenSegment seen;
    seen.by_client = is_client(sender);
    seen.syn = syn;
    seen.ack = (flags & ack_flag) != 0;
    seen.fin = fin;
    seen.rst = (flags & rst_flag) != 0;
    seen.begin = begin;
    seen.length = length;
    seen.acknowledged = receiver.in_order();
    const Recorded recorded{seen, static_cast<std::uint8_t>(flags)};
    if (jumbled_ && !syn && !waiting_ && dice_.chance(10)) {
      waiting_ = recorded;
      note(true, "captured out of order");
      return true;
    }
    record(recorded);
    if (const auto waiting = std::exchange(waiting_, std::nullopt)) record(*waiting);
    return true;
  }

  void record(Recorded recorded) {
    SeenSegment& seen = recorded.seen;
    const Side& sender = seen.by_client ? client_ : server_;
    const Side& receiver = seen.by_client ? server_ : client_;
    const auto sequence = sender.first_sequence + (seen.syn ? 0 : 1) + static_cast<std::uint32_t>(seen.begin);
    const std::uint32_t acknowledgement =
        seen.ack ? receiver.first_sequence + 1 + static_cast<std::uint32_t>(seen.acknowledged) : 0;
    const std::string payload = seen.length == 0 ? std::string()
                                                 : sender.stream.substr(static_cast<std::size_t>(seen.begin),
                                                                        static_cast<std::size_t>(seen.length));
    seen.time_ns = wire_.time_ns();
    seen.packet = wire_.tcp(sender.endpoint, receiver.endpoint, sequence, acknowledgement, recorded.flags, payload);
    note(sequence > sequence + static_cast<std::uint32_t>(seen.length), "wrapped");
    note(seen.rst, seen.by_client ? "reset by client" : "reset by server");
    oracle_.see(seen);
  }

  Dice& dice_;
  WireBuilder& wire_;
  SlowConnection oracle_;
  Tally& tally_;
  Side client_, server_;
  Trouble trouble_ = Trouble::none;
  int losing_ = 0;                   // percent of the segments are not captured
  int unwatched_ = 0;                // segments before the capture began
  std::optional<Recorded> waiting_;  // captured behind the next one
  bool jumbled_ = false;
  int steps_ = 0;
  bool rough_ = false;     // the network loses, repeats and reorders
  bool finishes_ = false;  // before the capture ends
  bool reset_ = false, over_ = false;
};

// A few connections at once, some one after the other on the same ports.
class RandomCapture {
 public:
  RandomCapture(std::uint32_t seed, Tally& tally) : dice_(seed) {
    const bool ipv6 = dice_.chance(20);
    const auto address = [&](const char* last) {
      return *IpAddress::parse((ipv6 ? "fd00::" : "198.18.0.") + std::string(last));
    };
    const Endpoint server{address("2"), Port{5000}};
    std::vector<RandomConnection*> open;
    for (int i = dice_.between(1, 4); i > 0; --i) {
      const Endpoint client{address("3"), Port{static_cast<std::uint16_t>(40000 + i)}};
      connections_.push_back(std::make_unique<RandomConnection>(dice_, wire_, client, server, false, tally));
      open.push_back(connections_.back().get());
      ports_[open.back()] = client;
    }
    while (!open.empty()) {
      const auto which = static_cast<std::size_t>(dice_.between(0, static_cast<int>(open.size()) - 1));
      RandomConnection*& connection = open[which];
      connection->step();
      if (!connection->over()) continue;
      if (dice_.chance(15)) {
        const Endpoint client = ports_[connection];
        connections_.push_back(std::make_unique<RandomConnection>(dice_, wire_, client, server, true, tally));
        connection = connections_.back().get();
        ports_[connection] = client;
      } else {
        open.erase(open.begin() + static_cast<std::ptrdiff_t>(which));
      }
    }
    cut_off_ = dice_.chance(10);
    file_ = wire_.file() + (cut_off_ ? "cut" : "");
  }

  const std::string& file() const { return file_; }
  bool cut_off() const { return cut_off_; }
  // Of every connection that the capture shows, in the order of their first packet.
  std::vector<SlowConnectionReport> slow() const {
    std::map<std::uint64_t, SlowConnectionReport> reports;
    for (const auto& connection : connections_) {
      const SlowConnection& oracle = connection->oracle();
      if (oracle.first_packet() != 0) reports[oracle.first_packet()] = oracle.report(cut_off_);
    }
    std::vector<SlowConnectionReport> ordered;
    for (const auto& [packet, report] : reports) ordered.push_back(report);
    return ordered;
  }

 private:
  Dice dice_;
  WireBuilder wire_;
  std::vector<std::unique_ptr<RandomConnection>> connections_;
  std::map<const RandomConnection*, Endpoint> ports_;
  std::string file_;
  bool cut_off_ = false;
};

}  // namespace echolab::test

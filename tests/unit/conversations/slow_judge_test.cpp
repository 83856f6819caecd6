// The judge of captures against the slow one, on random exchanges: real frames on one side, datagrams on the other.

#include "tests/unit/conversations/slow_judge.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "lab/conversations/judge_capture.h"
#include "tests/support/wire_builder.h"

namespace echolab::conversations {
namespace {

using test::SeenDatagram;
using test::SlowCounts;
using test::SlowJudge;

constexpr std::int64_t timeout_us = 2000;

// One exchange of a few clients with a server that does everything wrong now and then, as frames and as datagrams.
class RandomExchange {
 public:
  explicit RandomExchange(std::uint32_t seed) : random_(seed) {
    const bool ipv6 = chance(20);
    server_ = {*IpAddress::parse(ipv6 ? "fd00::2" : "198.18.0.2"), Port{5000}};
    const int clients = between(1, 3);
    for (int i = 0; i < clients; ++i) {
      const std::string address = (ipv6 ? "fd00::" : "198.18.0.") + std::to_string(chance(50) ? 3 : 3 + i);
      clients_.push_back({*IpAddress::parse(address), Port{static_cast<std::uint16_t>(40000 + i)}});
    }
    healthy_ = chance(20);
    send_request(0, "hello 1");  // whole, so that it is known which side is the server
    for (int i = between(0, 25); i > 0; --i) step();
    if (healthy_) {
      while (!waiting_.empty()) answer(0);
    }
  }

  const std::string& file() const { return wire_.file(); }
  const std::vector<SeenDatagram>& datagrams() const { return seen_; }
  Endpoint client(int number) const { return clients_[static_cast<std::size_t>(number)]; }

 private:
  struct Waiting {
    int client;
    std::string bytes;
  };

  int between(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool chance(int percent) { return between(1, 100) <= percent; }

  // Few different ones, so that they are often equal or alike; some are larger than a fragment.
  std::string message() {
    const int kind = between(0, 9);
    if (kind == 0) return "";
    if (kind < 6) return "hello " + std::to_string(between(1, 4));
    if (kind < 8) return std::string(static_cast<std::size_t>(between(20, 40)), static_cast<char>('a' + between(0, 2)));
    return std::string(static_cast<std::size_t>(between(100, 300)), static_cast<char>('a' + between(0, 1)));
  }

  void put(int client, bool request, const std::string& bytes, bool other_port = false) {
    wire_.advance_us(chance(10) ? between(500, 2500) : between(0, 50));
    Endpoint from = server_;
    if (other_port) from.port.value = 5001;
    const Endpoint to = clients_[static_cast<std::size_t>(client)];
    const Endpoint& source = request ? to : from;
    const Endpoint& destination = request ? from : to;
    bool whole = true;
    if (bytes.size() > 64 && chance(70)) {
      const int pieces = static_cast<int>((bytes.size() + 8 + 63) / 64);
      const int missing = !healthy_ && chance(15) ? between(0, pieces - 1) : -1;
      whole = missing < 0;
      wire_.udp_fragments(source, destination, bytes, 64, missing);
    } else {
      wire_.udp(source, destination, bytes);
    }
    if (whole) seen_.push_back({wire_.time_ns(), client, request, other_port, bytes});
    if (request && whole) asked_.insert(client);
  }

  void send_request(int client, const std::string& bytes) {
    put(client, true, bytes);
    waiting_.push_back({client, bytes});
  }

  void answer(std::size_t which) {
    const Waiting waiting = waiting_[which];
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(which));
    put(waiting.client, false, waiting.bytes);
  }

  std::string altered(std::string bytes) {
    switch (between(0, 3)) {
      case 0:
        if (!bytes.empty()) bytes[static_cast<std::size_t>(between(0, static_cast<int>(bytes.size()) - 1))] ^= 1;
        return bytes;
      case 1:
        return bytes.substr(0, bytes.size() / 2);
      case 2:
        return bytes + "!";
      default:
        return "something else entirely";
    }
  }

  int any_client() { return between(0, static_cast<int>(clients_.size()) - 1); }

  void step() {
    const int what = between(1, 100);
    if (what <= 40 || waiting_.empty()) return send_request(any_client(), message());
    if (healthy_ || what <= 75) {
      const bool reordered = !healthy_ && chance(30);
      return answer(reordered ? static_cast<std::size_t>(between(0, static_cast<int>(waiting_.size()) - 1)) : 0);
    }
    const Waiting first = waiting_.front();
    if (what <= 80) {
      waiting_.erase(waiting_.begin());  // lost
    } else if (what <= 85) {
      put(first.client, false, first.bytes);  // doubled, or later once more
    } else if (what <= 90) {
      put(first.client, false, altered(first.bytes));
      if (chance(70)) waiting_.erase(waiting_.begin());
    } else if (what <= 93) {
      put(any_client(), false, first.bytes);  // to whom it may concern
    } else if (what <= 96) {
      put(any_client(), false, message());
    } else if (asked_.contains(first.client)) {
      put(first.client, false, first.bytes, true);
    }
  }

  std::mt19937 random_;
  test::WireBuilder wire_;
  Endpoint server_;
  std::vector<Endpoint> clients_;
  std::vector<Waiting> waiting_;
  std::vector<SeenDatagram> seen_;
  std::set<int> asked_;
  bool healthy_ = false;
};

struct Judged {
  std::map<int, SlowCounts> counts;
  Outcome outcome = Outcome::inconclusive;
};

Judged fast(const RandomExchange& exchange) {
  const capture::Bytes bytes(reinterpret_cast<const std::uint8_t*>(exchange.file().data()), exchange.file().size());
  capture::FrameReader reader(bytes);
  JudgeOptions options;
  options.timeout = std::chrono::microseconds(timeout_us);
  const CaptureVerdict verdict = judge_frames(reader, "random.pcap", options);
  Judged judged;
  judged.outcome = verdict.outcome;
  for (const Conversation& facts : verdict.conversations) {
    const int client = facts.client.port.value - 40000;
    EXPECT_EQ(facts.client, exchange.client(client));
    EXPECT_EQ(facts.server.port, Port{5000});
    SlowCounts& counts = judged.counts[client];
    counts = {*facts.requests, *facts.echoed,     facts.lost, facts.late, facts.duplicated,
              facts.altered,   facts.unsolicited, {},         {}};
    if (!facts.rtt) continue;
    counts.fastest = static_cast<std::int64_t>(facts.rtt->min_ns);
    counts.slowest = static_cast<std::int64_t>(facts.rtt->max_ns);
  }
  return judged;
}

Judged slow(const RandomExchange& exchange) {
  SlowJudge judge(timeout_us * 1000);
  for (const SeenDatagram& datagram : exchange.datagrams()) judge.see(datagram);
  Judged judged;
  judged.counts = judge.finish();
  if (!exchange.datagrams().empty()) {
    judged.outcome = judge.failed() ? Outcome::failed : judge.doubtful() ? Outcome::inconclusive : Outcome::passed;
  }
  return judged;
}

TEST(JudgeCapture, GivesTheSameVerdictAsTheSlowJudgeOnRandomExchanges) {
  std::map<Outcome, int> outcomes;
  SlowCounts sums;
  for (std::uint32_t seed = 1; seed <= 12'000; ++seed) {
    const RandomExchange exchange(seed);
    const Judged expected = slow(exchange), got = fast(exchange);
    ASSERT_EQ(got.counts, expected.counts) << "seed " << seed;
    ASSERT_EQ(got.outcome, expected.outcome) << "seed " << seed;
    ++outcomes[got.outcome];
    for (const auto& [client, counts] : got.counts) {
      sums.lost += counts.lost;
      sums.late += counts.late;
      sums.duplicated += counts.duplicated;
      sums.altered += counts.altered;
      sums.unsolicited += counts.unsolicited;
    }
  }
  // The exchanges are worth something only when everything happens in them.
  EXPECT_GT(outcomes[Outcome::passed], 500);
  EXPECT_GT(outcomes[Outcome::failed], 5000);
  EXPECT_GT(outcomes[Outcome::inconclusive], 10);
  for (const std::uint64_t count : {sums.lost, sums.late, sums.duplicated, sums.altered, sums.unsolicited}) {
    EXPECT_GT(count, 1000u);
  }
}

}  // namespace
}  // namespace echolab::conversations

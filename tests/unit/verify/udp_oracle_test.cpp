// The fast pairing against the slow one, on random exchanges.

#include "tests/unit/verify/udp_oracle.h"

#include <gtest/gtest.h>

#include <random>

#include "lab/verify/udp_judge.h"

namespace echolab::verify {
namespace {

using test::OracleCounts;
using test::UdpOracle;
using test::WirePacket;

constexpr std::int64_t millisecond = 1'000'000;

plan::Plan plan_of_one(std::vector<std::string> texts, std::uint32_t messages, std::uint32_t retries) {
  plan::Plan plan;
  plan.networks.resize(1);
  plan.nodes.resize(2);
  plan.nodes[0].name = "server";
  plan.nodes[0].address4 = IpAddress::parse("198.18.0.2");
  plan.nodes[1].name = "client-1";
  plan.nodes[1].role = plan::Role::client;
  plan.nodes[1].address4 = IpAddress::parse("198.18.0.3");
  plan::Exchange exchange;
  exchange.client_node = 1;
  exchange.server = {*plan.nodes[0].address4, Port{5000}};
  exchange.client_address = *plan.nodes[1].address4;
  exchange.payload = plan::TextPayload{std::move(texts)};
  exchange.messages = messages;
  exchange.retries = retries;
  exchange.timeout = std::chrono::milliseconds(100);
  plan.exchanges.push_back(exchange);
  return plan;
}

OracleCounts fast(const plan::Plan& plan, const std::vector<WirePacket>& packets) {
  Ledger ledger(plan);
  EndpointDirectory directory(ledger);
  UdpJudge judge(ledger, directory);
  const Endpoint client{plan.exchanges[0].client_address, Port{40000}};
  const Endpoint server = plan.exchanges[0].server;
  std::uint64_t number = 0;
  for (const WirePacket& packet : packets) {
    capture::Frame frame;
    frame.number = ++number;
    frame.time_ns = packet.time_ns;
    const capture::UdpDatagram datagram{
        frame,
        {},
        packet.request ? client : server,
        packet.request ? server : client,
        Bytes(reinterpret_cast<const std::uint8_t*>(packet.bytes.data()), packet.bytes.size()),
        static_cast<std::uint32_t>(packet.bytes.size()),
        capture::Checksum::good};
    judge.judge(datagram);
  }
  ledger.settle();
  const ExchangeState& exchange = ledger.exchanges[0];
  OracleCounts counts;
  counts.sent = exchange.sent;
  counts.echoed = exchange.echoed;
  counts.late = exchange.late;
  counts.altered = exchange.altered;
  counts.lost = exchange.lost;
  counts.duplicate = exchange.count(Trouble::duplicate);
  counts.unsolicited = exchange.count(Trouble::unsolicited);
  counts.orphan = exchange.count(Trouble::orphan);
  counts.unplanned = exchange.count(Trouble::request_unplanned);
  counts.repeated = exchange.count(Trouble::request_repeated);
  counts.differs = exchange.count(Trouble::request_differs);
  for (std::uint64_t rank = 1; rank <= exchange.round_trips.count(); ++rank) {
    counts.round_trips.push_back(exchange.round_trips.percentile(100.0 * (static_cast<double>(rank) - 0.5) /
                                                                 static_cast<double>(exchange.round_trips.count())));
  }
  return counts;
}

class Weather {
 public:
  explicit Weather(std::uint64_t seed) : random_(seed) {}
  bool happens(int percent) { return below(100) < percent; }
  int below(int bound) { return static_cast<int>(random_() % static_cast<std::uint64_t>(bound)); }

  std::string altered(std::string bytes) {
    switch (below(3)) {
      case 0:
        if (!bytes.empty()) bytes[static_cast<std::size_t>(below(static_cast<int>(bytes.size())))] ^= 0x20;
        return bytes;
      case 1:
        return bytes.substr(0, bytes.size() / 2);
      default:
        return bytes + "!";
    }
  }

 private:
  std::mt19937_64 random_;
};

// A client sends its messages, some twice, some changed, some not at all; the server's answers get lost, doubled,
// altered and delayed, so that they overtake each other.
std::vector<WirePacket> random_exchange(const plan::Exchange& exchange, Weather& weather) {
  std::vector<WirePacket> packets;
  std::int64_t now = 0;
  const auto send = [&](std::string bytes) {
    now += weather.below(60) * millisecond / 2;
    packets.push_back({true, now, bytes});
    while (!weather.happens(20)) {
      const std::int64_t delay = weather.happens(10) ? 150 * millisecond : weather.below(40) * millisecond + 1;
      packets.push_back({false, now + delay, weather.happens(15) ? weather.altered(bytes) : bytes});
      if (!weather.happens(15)) break;
    }
    if (weather.happens(3)) packets.push_back({false, now + weather.below(30) * millisecond, "out of the blue"});
  };
  for (std::uint32_t m = 1; m <= exchange.messages; ++m) {
    const std::string bytes = plan::payload_of(exchange.payload, exchange.client, m);
    if (weather.happens(4)) continue;
    send(weather.happens(5) ? weather.altered(bytes) : bytes);
    if (weather.happens(10)) {
      now += 60 * millisecond;
      send(bytes);
    }
  }
  std::stable_sort(packets.begin(), packets.end(),
                   [](const WirePacket& a, const WirePacket& b) { return a.time_ns < b.time_ns; });
  return packets;
}

TEST(UdpOracle, AgreesOnTwelveThousandRandomExchanges) {
  const std::vector<std::vector<std::string>> texts = {{"message number {message} of this exchange"},
                                                       {"same"},
                                                       {"a", "b"},
                                                       {"", "x"},
                                                       {"abcdefgh{message}", "same", "same"}};
  OracleCounts seen;
  for (std::uint64_t seed = 1; seed <= 12'000; ++seed) {
    Weather weather(seed);
    const plan::Plan plan = plan_of_one(texts[seed % texts.size()], static_cast<std::uint32_t>(1 + weather.below(14)),
                                        static_cast<std::uint32_t>(weather.below(3)));
    const std::vector<WirePacket> packets = random_exchange(plan.exchanges[0], weather);
    const OracleCounts expected = UdpOracle(plan.exchanges[0]).judge(packets);
    ASSERT_EQ(fast(plan, packets), expected) << "seed " << seed;
    seen.late += expected.late;
    seen.altered += expected.altered;
    seen.lost += expected.lost;
    seen.duplicate += expected.duplicate;
    seen.unsolicited += expected.unsolicited;
    seen.orphan += expected.orphan;
    seen.unplanned += expected.unplanned;
    seen.repeated += expected.repeated;
    seen.differs += expected.differs;
  }
  // A comparison of what never happens proves nothing.
  for (const std::uint64_t count : {seen.late, seen.altered, seen.lost, seen.duplicate, seen.unsolicited, seen.orphan,
                                    seen.unplanned, seen.repeated, seen.differs}) {
    EXPECT_GT(count, 10u);
  }
}

}  // namespace
}  // namespace echolab::verify

#include "services/common/transfer.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "services/common/event_log.h"
#include "services/common/hash.h"
#include "services/common/resolve.h"
#include "tests/support/temporary_folder.h"

namespace echo {
namespace {

constexpr std::int64_t offset_ns = 1'700'000'000'000'000'000;

Transfer over_tcp() {
  return {"tcp",
          12,
          34,
          5,
          4096,
          100,
          0xff,
          parse_address("fd00::2", 5000).value(),
          parse_address("198.18.0.3", 40'123).value()};
}

std::string lines_of(const Transfer& transfer, std::string_view beginning) {
  std::array<char, 2 * Transfer::max_line> lines;
  return {lines.data(), transfer.write_lines(lines.data(), offset_ns, beginning)};
}

// What the general record says of the same fact.
std::string line_of(const Transfer& transfer, Word name, std::int64_t time, std::string_view beginning) {
  std::string line;
  Event event(name, {time, time + offset_ns});
  event.word(Key::proto, transfer.proto);
  if (transfer.conn != 0) event.number(Key::conn, transfer.conn).number(Key::offset, transfer.offset);
  event.local(transfer.local).remote(transfer.remote);
  event.payload(transfer.length, transfer.hash,
                {reinterpret_cast<const std::uint8_t*>(beginning.data()), beginning.size()});
  event.append_json(line);
  return line;
}

TEST(Transfer, SaysWhatTwoEventsWouldSay) {
  const std::string bytes(100, '\xab');
  const Transfer tcp = over_tcp();
  EXPECT_EQ(lines_of(tcp, bytes), line_of(tcp, "recv", 12, bytes) + line_of(tcp, "send", 34, bytes));
  const Transfer udp{"udp", 1, 2, 0, 0, 3, 7, parse_address("127.0.0.1", 7).value(), parse_address("::1", 8).value()};
  EXPECT_EQ(lines_of(udp, "abc"), line_of(udp, "recv", 1, "abc") + line_of(udp, "send", 2, "abc"));
}

TEST(Transfer, HasOnlyTheLinesThatHaveATime) {
  Transfer transfer = over_tcp();
  transfer.sent_ns = 0;
  EXPECT_EQ(lines_of(transfer, "x"), line_of(transfer, "recv", 12, "x"));
  transfer = over_tcp();
  transfer.received_ns = 0;
  EXPECT_EQ(lines_of(transfer, "x"), line_of(transfer, "send", 34, "x"));
}

TEST(Transfer, StaysWithinTheLineLimit) {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  const Endpoint longest = parse_address("2001:db8:1111:2222:3333:4444:5555:6666", 65'535).value();
  const Transfer transfer{"tcp", offset_ns, offset_ns, most, most, most, most, longest, longest};
  EXPECT_LE(lines_of(transfer, std::string(300, '\xff')).size(), 2 * Transfer::max_line);
}

TEST(Transfer, IsWrittenInTheOrderOfTheOtherRecords) {
  const echolab::test::TemporaryFolder folder;
  const std::string bytes = "hello";
  const std::span payload(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  {
    EventLog log({.events = folder / "events"});
    log.push(Event("accept"));
    Transfer transfer = over_tcp();
    transfer.length = bytes.size();
    transfer.hash = hash_of(payload);
    log.push(transfer, payload);
    log.push(Event("close"));
    log.finish(Event("totals"));
  }
  std::ifstream file(folder / "events");
  std::vector<std::string> names;
  for (std::string line; std::getline(file, line);) {
    const auto event = nlohmann::json::parse(line);
    names.push_back(event["event"]);
    if (event.contains("head")) {
      EXPECT_EQ(event["head"], "68656c6c6f");
    }
  }
  EXPECT_EQ(names, (std::vector<std::string>{"accept", "recv", "send", "close", "totals"}));
}

// Two lines for each: what was written and what was dropped is all that was pushed.
TEST(Transfer, IsCountedAsTwoLinesWhenDropped) {
  const echolab::test::TemporaryFolder folder;
  constexpr int count = 20'000;
  EventLog log({.events = folder / "events", .capacity = 64});
  for (int i = 0; i < count; ++i) log.push(over_tcp(), {});
  log.finish(Event("totals"));
  std::ifstream file(folder / "events");
  std::uint64_t written = 0, dropped = 0;
  for (std::string line; std::getline(file, line);) {
    const auto event = nlohmann::json::parse(line);
    if (event["event"] == "totals") {
      dropped = event["events_dropped"];
    } else {
      ++written;
    }
  }
  EXPECT_EQ(written + dropped, std::uint64_t{2} * count);
}

// What was pushed is in the file although nothing ends the log.
TEST(EventLog, WritesWhatSomebodyWaitsForAndTheRestByItself) {
  const echolab::test::TemporaryFolder folder;
  const auto text = [&] {
    std::ifstream file(folder / "events");
    std::stringstream all;
    all << file.rdbuf();
    return all.str();
  };
  EventLog log({.events = folder / "events"});
  log.push(Event("process"));
  log.push(Event("ready"));
  log.hurry();
  while (text().find("ready") == std::string::npos) ::usleep(100);
  log.push(Event("accept"));
  log.push(Event("close"));
  while (text().find("close") == std::string::npos) ::usleep(100);
}

}  // namespace
}  // namespace echo

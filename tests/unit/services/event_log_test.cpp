#include "services/common/event_log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "services/common/hash.h"
#include "tests/support/temporary_folder.h"

namespace echo {
namespace {

using echolab::test::TemporaryFolder;
using nlohmann::json;

std::vector<json> read_lines(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<json> lines;
  for (std::string line; std::getline(in, line);) {
    EXPECT_EQ(line.substr(0, 6), "{\"v\":1");
    lines.push_back(json::parse(line));
  }
  return lines;
}

TEST(EventLog, WritesEveryEventOfEveryThreadThenTheTotals) {
  const TemporaryFolder folder;
  {
    EventLog log({.events = folder / "events", .capacity = 1 << 13});
    std::vector<std::thread> threads;
    for (std::uint64_t t = 0; t < 4; ++t) {
      threads.emplace_back([&log, t] {
        for (std::uint64_t i = 0; i < 1000; ++i) log.push(Event("send").number(Key::client, t).number(Key::message, i));
      });
    }
    for (std::thread& thread : threads) thread.join();
    log.push_members("listening", R"("interface":"br-1","snaplen":2048)");
    log.finish(Event("totals"));
  }
  const auto lines = read_lines(folder / "events");
  ASSERT_EQ(lines.size(), 4002U);
  std::array<std::uint64_t, 4> next{};
  for (std::size_t i = 0; i < 4000; ++i) {
    EXPECT_EQ(lines[i]["message"], next[lines[i]["client"].get<std::size_t>()]++);  // in order for each thread
  }
  EXPECT_EQ(lines[4000]["interface"], "br-1");
  EXPECT_EQ(lines[4001]["event"], "totals");
  EXPECT_EQ(lines[4001]["events_dropped"], 0);
}

TEST(EventLog, DropsAndCountsWhenNobodyReads) {
  const TemporaryFolder folder;
  const std::string fifo = folder / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const UniqueFd reader(::open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  constexpr std::uint64_t count = 20'000;
  EventLog log({.events = fifo, .capacity = 64, .drain_limit = std::chrono::milliseconds(50)});
  for (std::uint64_t i = 0; i < count; ++i) log.push(Event("send").number(Key::message, i));  // returns: never blocks
  // What waits in the pipe is read only now; the totals are written when there is room, or lost with the rest.
  log.finish(Event("totals"));
  std::string text(1 << 20, '\0');
  std::size_t size = 0;
  for (ssize_t got = 0; (got = ::read(reader.get(), text.data() + size, text.size() - size)) > 0;) {
    size += static_cast<std::size_t>(got);
  }
  text.resize(size);
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), static_cast<std::ptrdiff_t>(count));
  EXPECT_TRUE(text.ends_with("}\n"));  // only whole lines
}

TEST(EventLog, SurvivesAReaderThatIsGone) {
  const TemporaryFolder folder;
  const std::string fifo = folder / "fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  UniqueFd reader(::open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  EventLog log({.events = fifo});
  reader.reset();
  for (int i = 0; i < 100; ++i) log.push(Event("send"));  // SIGPIPE would end this test
  log.finish(Event("totals"));
}

TEST(EventLog, RefusesAFileThatCannotBeWritten) {
  EXPECT_THROW(EventLog({.events = "/proc/no-such-folder/events"}), std::system_error);
}

TEST(OutputStream, CountsLinesLostInAFullPipeAndKeepsWholeLines) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const UniqueFd reader(ends[0]);
  OutputStream stream(UniqueFd(ends[1]), 8192);
  const std::string line = std::string(999, 'x') + "\n";
  std::uint64_t appended = 0;
  while (stream.lost_lines() == 0) {  // the pipe fills, then the buffer
    stream.append(line);
    ++appended;
    stream.flush();
  }
  std::string text(1 << 18, '\0');
  const ssize_t size = ::read(reader.get(), text.data(), text.size());
  ASSERT_GT(size, 0);
  EXPECT_EQ(size % 1000, 0);
  EXPECT_EQ(stream.lost_lines(), 1U);
  EXPECT_GT(appended, static_cast<std::uint64_t>(size) / 1000);
}

TEST(Event, IsOneLineOfJsonWithTheDocumentedKeys) {
  const std::vector<std::uint8_t> bytes(100, 0xab);
  Endpoint local;
  local.family = Endpoint::Family::ipv6;
  local.address[15] = 1;
  local.port = 5000;
  std::string line;
  Event("recv", {12, 34}).word(Key::proto, "udp").local(local).payload(bytes, 0xff).append_json(line);
  EXPECT_EQ(
      line,
      "{\"v\":1,\"event\":\"recv\",\"mono_ns\":12,\"wall_ns\":34,\"proto\":\"udp\",\"local\":\"[::1]:5000\","
      "\"length\":100,\"hash\":\"00000000000000ff\",\"head\":\"" +
          [] {
            std::string head;
            for (int i = 0; i < 32; ++i) head += "ab";
            return head;
          }() +
          "\"}\n");
}

TEST(Event, StaysWithinTheLineLimit) {
  Event event("summary");
  for (std::size_t i = 0; i < Event::max_fields; ++i) event.number(Key::datagrams_received, ~std::uint64_t{0});
  event.payload(std::vector<std::uint8_t>(1000, 1), ~std::uint64_t{0});
  std::string line;
  event.append_json(line);
  EXPECT_LE(line.size(), 4096U);
}

}  // namespace
}  // namespace echo

#include "lab/verify/event_log.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "lab/base/file.h"

namespace echolab::verify {
namespace {

TEST(EventLine, ReadsKeysOfOurOwnForm) {
  EventLine line;
  ASSERT_TRUE(
      line.parse(R"({"v":1,"event":"recv","mono_ns":12,"hash":"00000000000000ff","list":["a\"]","b"],"ok":true})"));
  EXPECT_EQ(line.event(), "recv");
  EXPECT_EQ(line.number("mono_ns"), 12u);
  EXPECT_EQ(line.hash(), 255u);
  EXPECT_FALSE(line.number("event"));
  EXPECT_FALSE(line.text("mono_ns"));
  EXPECT_FALSE(line.number("ok"));
  EXPECT_FALSE(line.text("missing"));
}

TEST(EventLine, RefusesEverythingElse) {
  EventLine line;
  for (const char* text : {"", "{", "{}", "null", "[]", R"({"v":2,"event":"x"})", R"({"event":"x","v":1})",
                           R"({"v":1})", R"({"v":1,"event":""})",
                           R"({"v":1,"event":"x"} )"
                           "x",
                           R"({"v":1,"event":"x")", R"({"v":1,"event":"x",})", R"({"v":1,"event":"x\)",
                           R"({"v":1,"event":"x","a":{}})", R"({"v":1,"event":"x","a":[[1]]})",
                           R"({"v":1,"event":"x","a":})", R"({"v":"1","event":"x"})", R"({"v":1,"event":7})"}) {
    EXPECT_FALSE(line.parse(text)) << text;
  }
}

TEST(EventLine, NumbersOutOfRangeAreNoNumbers) {
  EventLine line;
  ASSERT_TRUE(line.parse(R"({"v":1,"event":"x","a":-1,"b":99999999999999999999,"c":1.5,"d":18446744073709551615})"));
  EXPECT_FALSE(line.number("a"));
  EXPECT_FALSE(line.number("b"));
  EXPECT_FALSE(line.number("c"));
  EXPECT_EQ(line.number("d"), ~std::uint64_t{0});
}

struct TemporaryFile {
  explicit TemporaryFile(const std::string& content) {
    std::string name = (std::filesystem::temp_directory_path() / "echolab-log-XXXXXX").string();
    const UniqueFd fd(::mkstemp(name.data()));
    path = name;
    write_all(fd.get(), content, path);
  }
  ~TemporaryFile() { std::filesystem::remove(path); }
  std::filesystem::path path;
};

TEST(EventLog, SkipsAndCountsWhatIsNoEvent) {
  const std::string good = R"({"v":1,"event":"x"})";
  const TemporaryFile file(good + "\nnonsense\n" + std::string(100'000, 'y') + "\n" + good + "\r\n" +
                           std::string("\0\0\n", 3) + good);
  EventLog log(file.path);
  EventLine line;
  std::vector<std::uint64_t> numbers;
  while (log.next(line)) numbers.push_back(log.line_number());
  EXPECT_EQ(numbers, (std::vector<std::uint64_t>{1, 4, 6}));
  EXPECT_EQ(log.skipped(), 3u);
}

TEST(EventLog, AFileThatIsNotThereHasNoEvents) {
  EventLog log("/nonexistent/events.jsonl");
  EventLine line;
  EXPECT_FALSE(log.exists());
  EXPECT_FALSE(log.next(line));
}

// What the fuzzer ever found, and its seeds: none may crash, hang or trip a sanitizer.
TEST(EventLog, ReplaysTheFuzzCorpus) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator("tests/fuzz/corpus/event_log")) {
    EventLog log(entry.path());
    EventLine line;
    while (log.next(line)) {
      line.hash();
      line.number("message");
    }
    ++files;
  }
  EXPECT_GT(files, 0u);
}

}  // namespace
}  // namespace echolab::verify

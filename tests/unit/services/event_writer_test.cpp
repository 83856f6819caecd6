#include "services/common/event_writer.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "services/common/failure.h"
#include "tests/support/temporary_folder.h"

namespace echo {
namespace {

TEST(JsonString, EscapesWhatJsonWantsEscaped) {
  EXPECT_EQ(json_string("a\"b\\c\n\x7f"), R"("a\"b\\c\u000a\u007f")");
}

TEST(JsonString, KeepsUtf8AndReplacesWhatIsNone) {
  EXPECT_EQ(json_string("서버.py \xff\xed\xa0\x80"), "\"서버.py \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
}

TEST(EventWriter, WritesALinePerEvent) {
  const echolab::test::TemporaryFolder folder;
  EventWriter(folder / "events").write("listening", R"("interface":"lo")");
  std::ifstream file(folder / "events");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  EXPECT_EQ(text.substr(0, 6), "{\"v\":1");
  EXPECT_EQ(text.back(), '\n');
  const auto event = nlohmann::json::parse(text);
  EXPECT_EQ(event["event"], "listening");
  EXPECT_EQ(event["interface"], "lo");
  EXPECT_GT(event["mono_ns"], 0);
}

TEST(EventWriter, NamesTheFileThatCannotBeMade) {
  try {
    const EventWriter events("/nonexistent/events");
    FAIL() << "no folder, but no failure";
  } catch (const Failure& failure) {
    EXPECT_STREQ(failure.what(), "create /nonexistent/events: No such file or directory");
  }
}

}  // namespace
}  // namespace echo

#include "lab/engine/compose/node_log.h"

#include <gtest/gtest.h>

#include "tests/unit/engine_compose/temporary_folder.h"

namespace echolab::engine {
namespace {

TEST(NodeLog, FollowsANodeFromNothingToItsEnd) {
  const TemporaryFolder evidence;
  NodeLog log(evidence.path() / "client");
  log.read_on();  // the folder does not exist yet
  EXPECT_FALSE(log.address());

  evidence.append("client/address", "198.18.2.3 02:");
  log.read_on();
  EXPECT_FALSE(log.address()) << "the line is not whole yet";
  evidence.append("client/address", "42:00:00:00:03\n");
  evidence.append("client/events.jsonl", R"({"v":1,"event":"rea)");
  log.read_on();
  EXPECT_EQ(log.address(), IpAddress::parse("198.18.2.3"));
  EXPECT_FALSE(log.ready());

  evidence.append("client/events.jsonl", "dy\"}\n{\"v\":1,\"event\":\"recv\",\"status\":\"echo\"}\n");
  evidence.append("client/events.jsonl", "{\"v\":1,\"event\":\"recv\",\"status\":\"late\"}\n");
  log.read_on();
  EXPECT_TRUE(log.ready());
  EXPECT_EQ(log.echoed(), 1u);
  EXPECT_FALSE(log.ended());

  evidence.append("client/exit", "1\n");
  log.read_on();
  EXPECT_TRUE(log.ended());
  EXPECT_EQ(log.exit_code(), 1);
}

TEST(NodeLog, IsNotMisledByWhatIsNoEvent) {
  const TemporaryFolder evidence;
  evidence.append("n/events.jsonl", "no json\n[]\n{}\n{\"event\":7}\n\"ready\"\n{\"event\":\"recv\",\"status\":[]}\n");
  evidence.append("n/events.jsonl", std::string(1 << 20, 'x') + "\n{\"event\":\"ready\"}\n");
  evidence.append("n/exit", "gone\n");
  NodeLog log(evidence.path() / "n");
  log.read_on();
  EXPECT_TRUE(log.ready()) << "a line that is too long ends at its line end";
  EXPECT_EQ(log.echoed(), 0u);
  EXPECT_TRUE(log.ended());
  EXPECT_EQ(log.exit_code(), std::nullopt);
}

}  // namespace
}  // namespace echolab::engine

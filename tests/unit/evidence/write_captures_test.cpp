#include "tests/unit/evidence/raw_captures.h"

namespace echolab::evidence {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using WriteCaptures = RawCaptures;

TEST_F(WriteCaptures, MergesNetworksByTimeAndTakesTheRawFilesAway) {
  raw_example();
  const Evidence evidence = write_captures(folder_.path(), example(), record());
  const Reading lab = read_back("lab.pcapng");
  EXPECT_THAT(contents(lab),
              ElementsAre("88b5", "88b5", "0806", "far", "one", "88b5", "one!", "two", "86dd", "six", "88b5"));
  EXPECT_EQ(evidence.packets, 11u);
  ASSERT_EQ(evidence.networks.size(), 2u);
  EXPECT_EQ(evidence.networks[0].packets, 8u);
  EXPECT_EQ(evidence.networks[0].begin_sentinel, 1u);
  EXPECT_EQ(evidence.networks[0].end_sentinel, 11u);
  EXPECT_EQ(evidence.networks[1].begin_sentinel, 2u);
  EXPECT_EQ(evidence.networks[1].end_sentinel, 6u);
  EXPECT_EQ(lab.facts.frames[3].interface, 1u);
  ASSERT_EQ(lab.summary.interfaces.size(), 2u);
  EXPECT_EQ(lab.summary.interfaces[1].name, "right");
  EXPECT_EQ(lab.summary.interfaces[0].received, 9u);
  EXPECT_THAT(lab.summary.comments, testing::Contains("Seed: 42"));
  EXPECT_THAT(lab.summary.comments, testing::Contains("Scenario SHA-256: " + std::string(64, 'a')));
  EXPECT_TRUE(evidence.engine.captures[0].complete);
  EXPECT_EQ(evidence.engine.captures[0].file, "captures/lab.pcapng");
  EXPECT_EQ(evidence.engine.captures[0].packets, 8u);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "captures/left.pcap"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "captures/lab.pcapng.tmp"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "captures/client-1.pcapng"));
}

TEST_F(WriteCaptures, ACutMissingOrForeignCaptureIsNotCompleteAndSaysWhy) {
  const Buffer whole =
      pcap(0, {sentinel("begin"), datagram("198.18.0.3", "198.18.0.2", "x"), sentinel("end", "fedcba9876543210")});
  raw("left", Buffer(whole.begin(), whole.end() - 1));
  const Evidence evidence = write_captures(folder_.path(), example(), record());
  EXPECT_EQ(evidence.packets, 2u);
  EXPECT_TRUE(evidence.networks[0].truncated);
  EXPECT_FALSE(evidence.engine.captures[0].complete);
  EXPECT_THAT(evidence.engine.captures[0].reasons,
              ElementsAre(HasSubstr("ends in the middle of a packet"), HasSubstr("end sentinel")));
  EXPECT_FALSE(evidence.engine.captures[1].complete);
  EXPECT_THAT(evidence.engine.captures[1].reasons,
              ElementsAre(HasSubstr("could not be read"), HasSubstr("begin sentinel"), HasSubstr("end sentinel")));
}

TEST_F(WriteCaptures, KeepsARawFileThatIsDamaged) {
  raw("left", pcap(0, {sentinel("begin")}) + Buffer(16, 0xff));
  raw("right", pcap(0, {}));
  const Evidence evidence = write_captures(folder_.path(), example(), record());
  EXPECT_THAT(evidence.networks[0].damage, HasSubstr("damaged at byte 100"));
  EXPECT_EQ(evidence.packets, 1u);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "captures/left.pcap"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "captures/right.pcap"));
}

TEST_F(WriteCaptures, WritesNothingWithoutCapturesInThePlan) {
  plan::Plan plan = example();
  plan.captures.clear();
  EXPECT_TRUE(write_captures(folder_.path(), plan, artifacts::EngineRecord{}).networks.empty());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "captures"));
}

}  // namespace
}  // namespace echolab::evidence

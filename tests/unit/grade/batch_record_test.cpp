#include "lab/grade/batch_record.h"

#include <gmock/gmock.h>

#include "lab/base/diagnostic.h"
#include "lab/base/error.h"
#include "lab/base/file.h"
#include "lab/base/hash.h"
#include "lab/scenario/load.h"
#include "tests/support/temporary_folder.h"

namespace echolab::grade {
namespace {

constexpr const char* hand_in_scenario = R"(echolab: 1
name: hand-in
submission: {capture: {points: 2}, picture: {points: 1}}
)";

class BatchRecordTest : public testing::Test {
 protected:
  BatchRecordTest() {
    scenarios_.push_back(scenario::load_text("hand-in.yaml", hand_in_scenario));
    record_.submissions = "/hand-ins";
    record_.seed = 7;
    record_.tool_version = "1";
    record_.students = {{"20260001", "홍길동", "컴퓨터공학과", "", ""}, {"20260002", "김영희", "", "", "2"}};
    record_.scenarios = {{"hand-in", "/hand-in.yaml", sha256_hex(hand_in_scenario)}};
  }
  std::string refusal(const BatchRecord& record, bool resume) {
    try {
      begin_batch(folder_ / "out", record, scenarios_, resume);
      return "";
    } catch (const InvalidInput& error) {
      return error.diagnostics().front().message;
    }
  }

  test::TemporaryFolder folder_;
  BatchRecord record_;
  std::vector<scenario::Scenario> scenarios_;
};

TEST_F(BatchRecordTest, IsReadBackWhole) {
  begin_batch(folder_ / "out", record_, scenarios_, false);
  EXPECT_EQ(read_batch(folder_ / "out"), record_);
  const auto stored = stored_scenarios(folder_ / "out", record_);
  ASSERT_EQ(stored.size(), 1u);
  EXPECT_EQ(stored.front().source, hand_in_scenario);
}

TEST_F(BatchRecordTest, AnEqualBatchIsTakenUpAgainOnlyWhenAsked) {
  EXPECT_EQ(refusal(record_, true), "");
  EXPECT_EQ(refusal(record_, true), "");
  EXPECT_THAT(refusal(record_, false), testing::HasSubstr("holds a batch already"));
}

TEST_F(BatchRecordTest, AnotherBatchIsRefusedWithWhatDiffers) {
  ASSERT_EQ(refusal(record_, false), "");
  BatchRecord other = record_;
  other.students.pop_back();
  EXPECT_THAT(refusal(other, true), testing::HasSubstr("another roster"));
  other = record_;
  other.scenarios.front().sha256 = "0";
  EXPECT_THAT(refusal(other, true), testing::HasSubstr("other scenarios"));
  other = record_;
  other.seed = 8;
  EXPECT_THAT(refusal(other, true), testing::HasSubstr("seed 7"));
}

TEST_F(BatchRecordTest, AFolderWithOtherThingsIsNotTouched) {
  create_folders(folder_ / "out");
  write_file_atomically(folder_ / "out/thesis.txt", "years of work");
  EXPECT_THAT(refusal(record_, true), testing::HasSubstr("not empty"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_ / "out"), {}), 1);
}

TEST_F(BatchRecordTest, ADamagedRecordIsAnErrorAndNoCrash) {
  begin_batch(folder_ / "out", record_, scenarios_, false);
  const std::string whole = read_file(folder_ / "out/batch.json");
  for (const std::string& damaged : {whole.substr(0, whole.size() / 2), std::string("{}"), std::string("[1]")}) {
    write_file_atomically(folder_ / "out/batch.json", damaged);
    EXPECT_THROW(read_batch(folder_ / "out"), EnvironmentError);
  }
}

TEST_F(BatchRecordTest, EveryStudentHasNumbersOfTheirOwnThatFollowFromTheSeed) {
  const auto& [first, second] = std::tie(record_.students[0], record_.students[1]);
  EXPECT_EQ(nonce_of(record_, first, "udp"), nonce_of(record_, first, "udp"));
  EXPECT_NE(nonce_of(record_, first, "udp"), nonce_of(record_, second, "udp"));
  EXPECT_NE(nonce_of(record_, first, "udp"), nonce_of(record_, first, "tcp"));
  EXPECT_NE(seed_of(record_, first, "udp"), seed_of(record_, second, "udp"));
  EXPECT_LT(seed_of(record_, first, "udp"), std::uint64_t{1} << 53);
  BatchRecord other = record_;
  other.seed = 8;
  EXPECT_NE(nonce_of(record_, first, "udp"), nonce_of(other, first, "udp"));
  EXPECT_NE(record_.digest(), other.digest());
}

}  // namespace
}  // namespace echolab::grade

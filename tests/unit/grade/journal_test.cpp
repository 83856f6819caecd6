#include "lab/grade/journal.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/base/error.h"
#include "tests/support/temporary_folder.h"

namespace echolab::grade {
namespace {

class JournalTest : public testing::Test {
 protected:
  std::filesystem::path file() const { return folder_ / "journal"; }
  void change(const std::string& text) { write_file_atomically(file(), text); }
  test::TemporaryFolder folder_;
};

TEST_F(JournalTest, KeepsWhatWasWritten) {
  {
    Journal journal(file());
    journal.started("2026", 1);
    journal.finished("2026", "abc");
    journal.started("2027", 3);
  }
  const Journal again(file());
  EXPECT_EQ(again.students().at("2026").digest, "abc");
  EXPECT_EQ(again.students().at("2026").attempts, 1);
  EXPECT_EQ(again.students().at("2027").attempts, 3);
  EXPECT_EQ(again.students().at("2027").digest, "");
  EXPECT_EQ(again.damaged(), 0u);
}

TEST_F(JournalTest, ATornLastLineIsForgottenWhereverItWasTorn) {
  {
    Journal journal(file());
    journal.finished("2026", "abc");
    journal.finished("2027", "def");
  }
  const std::string whole = read_file(file());
  const std::size_t first_line = whole.find('\n') + 1;
  for (std::size_t length = first_line + 1; length < whole.size(); ++length) {
    change(whole.substr(0, length));
    {
      Journal journal(file());
      EXPECT_EQ(journal.damaged(), 1u) << length;
      EXPECT_TRUE(journal.students().contains("2026"));
      EXPECT_FALSE(journal.students().contains("2027"));
      journal.finished("2028", "fgh");
    }
    const Journal again(file());  // what came after the torn line is whole
    EXPECT_EQ(again.students().at("2028").digest, "fgh");
    EXPECT_EQ(again.damaged(), 0u);
  }
}

TEST_F(JournalTest, AnEditedRecordCountsForNothing) {
  {
    Journal journal(file());
    journal.finished("2026", "abc");
    journal.finished("2027", "def");
  }
  std::string text = read_file(file());
  text.replace(text.find("abc"), 3, "xyz");
  change(text);
  const Journal journal(file());
  EXPECT_EQ(journal.damaged(), 1u);
  EXPECT_FALSE(journal.students().contains("2026"));
  EXPECT_EQ(journal.students().at("2027").digest, "def");
}

TEST_F(JournalTest, ARecordTwiceIsOneRecord) {
  { Journal(file()).finished("2026", "abc"); }
  change(read_file(file()) + read_file(file()));
  const Journal journal(file());
  EXPECT_EQ(journal.students().at("2026").digest, "abc");
  EXPECT_EQ(journal.damaged(), 0u);
}

TEST_F(JournalTest, NoiseIsCountedAndSkipped) {
  using namespace std::string_literals;
  change("\n\nnot a record\n00000000 {}\n\0\xff\n"s);
  const Journal journal(file());
  EXPECT_TRUE(journal.students().empty());
  EXPECT_GT(journal.damaged(), 3u);
}

TEST_F(JournalTest, OneControllerAtATime) {
  const Journal first(file());
  EXPECT_THROW(Journal second(file()), EnvironmentError);
}

TEST_F(JournalTest, FollowsNoLink) {
  std::filesystem::create_symlink("/dev/null", file());
  EXPECT_THROW(Journal journal(file()), EnvironmentError);
}

}  // namespace
}  // namespace echolab::grade

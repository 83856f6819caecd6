#include "lab/base/file.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "lab/base/error.h"
#include "lab/base/hash.h"

namespace echolab {
namespace {

class FileTest : public testing::Test {
 protected:
  FileTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "echolab-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~FileTest() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
};

TEST_F(FileTest, WritesAtomicallyAndReadsBack) {
  const auto file = folder_ / "a";
  write_file_atomically(file, "old");
  write_file_atomically(file, "new");
  EXPECT_EQ(read_file(file), "new");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a.tmp"));
}

TEST_F(FileTest, APendingFileIsSeenWholeOrNotAtAll) {
  const auto file = folder_ / "a";
  write_file_atomically(file, "old");
  {
    PendingFile given_up(file);
    create_file(given_up.temporary());
    PendingFile moved(std::move(given_up));
    EXPECT_TRUE(std::filesystem::exists(moved.temporary()));
  }
  EXPECT_EQ(read_file(file), "old");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a.tmp"));
  PendingFile pending(file);
  write_all(create_file(pending.temporary()).get(), "new", file);
  pending.publish();
  EXPECT_EQ(read_file(file), "new");
  EXPECT_THROW(PendingFile(folder_ / "never made").publish(), EnvironmentError);
}

TEST_F(FileTest, NamesWhatWasTriedAndHowToMendIt) {
  try {
    read_file(folder_ / "missing");
    FAIL() << "no error";
  } catch (const EnvironmentError& error) {
    EXPECT_NE(error.tried().find("missing"), std::string::npos);
    EXPECT_EQ(error.cause(), "No such file or directory");
    EXPECT_FALSE(error.mend().empty());
  }
  EXPECT_THROW(read_file(folder_), EnvironmentError);
}

TEST_F(FileTest, RefusesFilesOverTheLimit) {
  write_file_atomically(folder_ / "big", std::string(100, 'x'));
  EXPECT_EQ(read_file(folder_ / "big", 100).size(), 100u);
  EXPECT_THROW(read_file(folder_ / "big", 99), EnvironmentError);
}

TEST_F(FileTest, DigestsAreThoseOfTheStandard) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  write_file_atomically(folder_ / "abc", "abc");
  EXPECT_EQ(sha256_hex_of_file(folder_ / "abc"), sha256_hex("abc"));
}

}  // namespace
}  // namespace echolab

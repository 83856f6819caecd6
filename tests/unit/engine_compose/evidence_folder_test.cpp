#include "lab/engine/compose/evidence_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/engine_compose/temporary_folder.h"

namespace echolab::engine {
namespace {

TEST(EvidenceFolder, ReadsAtMostWhatWasAskedFor) {
  const TemporaryFolder folder;
  folder.append("stdout", "0123456789");
  const auto evidence = EvidenceFolder::open(folder.path());
  ASSERT_TRUE(evidence);
  std::string copied;
  const auto sink = [&](std::string_view bytes) { copied += bytes; };
  EXPECT_EQ(evidence->copy("stdout", 10, sink), EvidenceFolder::Copied::whole);
  EXPECT_EQ(copied, "0123456789");
  copied.clear();
  EXPECT_EQ(evidence->copy("stdout", 9, sink), EvidenceFolder::Copied::cut);
  EXPECT_EQ(copied, "012345678");
  EXPECT_EQ(evidence->copy("stderr", 9, sink), EvidenceFolder::Copied::absent);
  EXPECT_EQ(evidence->read("stdout", 10), "0123456789");
  EXPECT_EQ(evidence->read("stdout", 9), std::nullopt);
}

TEST(EvidenceFolder, FollowsNoLinkAndReadsOnlyRegularFiles) {
  const TemporaryFolder folder;
  folder.append("elsewhere/secret", "secret");
  std::filesystem::create_directory(folder.path() / "node");
  std::filesystem::create_symlink("../elsewhere/secret", folder.path() / "node" / "stdout");
  ASSERT_EQ(::mkfifo((folder.path() / "node" / "stderr").c_str(), 0600), 0);  // nobody will ever write to it
  std::filesystem::create_directory(folder.path() / "node" / "exit");
  const auto evidence = EvidenceFolder::open(folder.path() / "node");
  ASSERT_TRUE(evidence);
  for (const char* name : {"stdout", "stderr", "exit"}) EXPECT_EQ(evidence->read(name), std::nullopt) << name;

  std::filesystem::create_directory_symlink("elsewhere", folder.path() / "link");
  EXPECT_FALSE(EvidenceFolder::open(folder.path() / "link"));
  EXPECT_EQ(folders_in(folder.path()), (std::vector<std::string>{"elsewhere", "node"}));
  EXPECT_TRUE(folders_in(folder.path() / "absent").empty());
}

}  // namespace
}  // namespace echolab::engine

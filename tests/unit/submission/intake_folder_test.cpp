// Folders of students, as friendly and as hostile as they come.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab/base/error.h"
#include "tests/unit/submission/class_folder.h"

namespace echolab::submission {
namespace {

using test::told;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using State = Intake::State;

class FolderIntake : public test::ClassFolder {};

TEST_F(FolderIntake, TakesAProgramAndBothHandIns) {
  hand_in("20261234/server.py", "print()");
  hand_in("20261234/lib/util.py", "x = 1");
  hand_in("20261234.pcapng", "capture");
  hand_in("20261234.png", "picture");
  ASSERT_EQ(::chmod((handed_in() / "20261234/server.py").c_str(), 04751), 0);
  const Intake intake = take();
  EXPECT_EQ(intake.state, State::taken) << intake.reason;
  EXPECT_THAT(program(), ElementsAre("lib/util.py", "server.py"));
  EXPECT_EQ(content("server.py"), "print()");
  EXPECT_EQ(read_file(*intake.capture), "capture");
  EXPECT_EQ(read_file(*intake.picture), "picture");
  EXPECT_THAT(intake.rejected, IsEmpty());
  struct stat status {};
  ASSERT_EQ(::stat((intake.program / "server.py").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0755u) << "no set-user-id bit survives";
  ASSERT_EQ(::stat((intake.program / "lib/util.py").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0644u);
}

TEST_F(FolderIntake, GivesEqualWorkEqualDigests) {
  hand_in("20261234/server.py", "print()");
  const std::string first = take().sha256;
  EXPECT_EQ(first.size(), 64u);
  EXPECT_EQ(take().sha256, first);
  hand_in("20261234/server.py", "print(1)");
  EXPECT_NE(take().sha256, first);
}

TEST_F(FolderIntake, SaysWhatIsMissing) {
  const Intake intake = take();
  EXPECT_EQ(intake.state, State::missing);
  EXPECT_THAT(intake.reason, HasSubstr("there is no 20261234/, 20261234.zip"));
  EXPECT_EQ(intake.sha256, "");
}

TEST_F(FolderIntake, TellsEmptyFromMissing) {
  create_folders(handed_in() / "20261234");
  const Intake intake = take();
  EXPECT_EQ(intake.state, State::empty);
  EXPECT_THAT(intake.reason, HasSubstr("holds no file"));
}

TEST_F(FolderIntake, TakesHandInsWithoutAProgram) {
  hand_in("20261234.PCAP", "capture");
  const Intake intake = take();
  EXPECT_EQ(intake.state, State::taken);
  EXPECT_EQ(intake.capture->filename(), "20261234.pcap");
  EXPECT_TRUE(intake.program.empty());
}

TEST_F(FolderIntake, FindsHandInsInsideAndKeepsTheFirst) {
  hand_in("20261234/20261234.pcapng", "inside");
  hand_in("20261234/sub/20261234.png", "picture");
  hand_in("20261234/20261234.pcap", "older");
  hand_in("20261234/server.c", "int main;");
  const Intake intake = take();
  EXPECT_THAT(program(), ElementsAre("server.c"));
  ASSERT_TRUE(intake.capture && intake.picture);
  EXPECT_THAT(told(intake), ElementsAre(HasSubstr("was taken already")));
}

TEST_F(FolderIntake, FollowsNoLinks) {
  hand_in("20261234/server.py", "x");
  std::filesystem::create_symlink(secret(), handed_in() / "20261234/link.py");
  std::filesystem::create_symlink("server.py", handed_in() / "20261234/inner.py");
  std::filesystem::create_directory_symlink("..", handed_in() / "20261234/up");
  std::filesystem::create_symlink(secret(), handed_in() / "20261234.pcapng");
  const Intake intake = take();
  EXPECT_THAT(program(), ElementsAre("server.py"));
  EXPECT_THAT(told(intake), ElementsAre("20261234.pcapng: a symbolic link", "inner.py: a symbolic link",
                                        "link.py: a symbolic link", "up: a symbolic link"));
  EXPECT_FALSE(intake.capture);
}

TEST_F(FolderIntake, RefusesASubmissionThatIsItselfALink) {
  create_folders(handed_in() / "20269999");
  hand_in("20269999/server.py", "somebody else's");
  std::filesystem::create_directory_symlink("20269999", handed_in() / "20261234");
  const Intake intake = take();
  EXPECT_EQ(intake.state, State::unreadable);
  EXPECT_EQ(intake.reason, "20261234 is a symbolic link");
  EXPECT_THAT(program(), IsEmpty());
}

TEST_F(FolderIntake, RefusesWhatIsNoRegularFile) {
  hand_in("20261234/server.py", "x");
  ASSERT_EQ(::mkfifo((handed_in() / "20261234/fifo").c_str(), 0644), 0);
  std::filesystem::create_hard_link(secret(), handed_in() / "20261234/hard.py");
  const Intake intake = take();  // would hang if the FIFO were opened for reading
  EXPECT_THAT(program(), ElementsAre("server.py"));
  EXPECT_THAT(told(intake), ElementsAre("fifo: a FIFO", "hard.py: a hard link: the file has another name somewhere"));
  std::filesystem::remove(handed_in() / "20261234/hard.py");
}

TEST_F(FolderIntake, RefusesDevices) {
  hand_in("20261234/server.py", "x");
  if (::mknod((handed_in() / "20261234/null").c_str(), S_IFCHR | 0666, 0x103) != 0) {
    GTEST_SKIP() << "making a device node needs root";
  }
  EXPECT_THAT(told(take()), ElementsAre("null: a device"));
}

TEST_F(FolderIntake, BoundsWhatItCopies) {
  hand_in("20261234/ok.py", "x");
  hand_in("20261234/sparse.bin", "");
  std::filesystem::resize_file(handed_in() / "20261234/sparse.bin", std::uintmax_t{1} << 40);  // a terabyte of nothing
  EXPECT_THAT(told(take()), ElementsAre("sparse.bin: larger than 16.0 MiB"));
  EXPECT_THAT(program(), ElementsAre("ok.py"));
}

TEST_F(FolderIntake, RefusesTooMuchInAll) {
  IntakeLimits limits;
  limits.files = 3;
  for (const char* name : {"a", "b", "c", "d"}) hand_in(std::string("20261234/") + name, "12345");
  Intake intake = take(limits);
  EXPECT_EQ(intake.state, State::unreadable);
  EXPECT_EQ(intake.reason, "20261234 has more than 3 files");
  EXPECT_THAT(program(), IsEmpty()) << "half a program is another program";
  limits.files = 100;
  limits.all_bytes = 16;
  intake = take(limits);
  EXPECT_EQ(intake.reason, "20261234 has more than 16 B in all");
  EXPECT_TRUE(intake.program.empty());
}

TEST_F(FolderIntake, BoundsTheNumberOfEntries) {
  IntakeLimits limits;
  limits.files = 2;
  for (int i = 0; i < 21; ++i) std::filesystem::create_symlink("x", handed_in() / ("l" + std::to_string(i)));
  std::filesystem::rename(handed_in(), taken());
  create_folders(handed_in());
  std::filesystem::rename(taken(), handed_in() / "20261234");
  const Intake intake = take(limits);
  EXPECT_EQ(intake.reason, "20261234 has more than 20 entries");
}

TEST_F(FolderIntake, CountsWhatItDoesNotTell) {
  hand_in("20261234/server.py", "x");
  for (int i = 0; i < 150; ++i)
    std::filesystem::create_symlink("x", handed_in() / "20261234" / ("l" + std::to_string(i)));
  const Intake intake = take();
  ASSERT_EQ(intake.rejected.size(), 101u);
  EXPECT_EQ(intake.rejected.back().reason, "and 50 more entries");
}

TEST_F(FolderIntake, RefusesHostileNames) {
  hand_in("20261234/server.py", "x");
  hand_in("20261234/new\nline.py", "x");
  hand_in("20261234/back\\slash", "x");
  hand_in("20261234/\x1b[2J.py", "x");
  hand_in("20261234/-rf", "fine: names are only data");
  hand_in("20261234/$(id).py", "too");
  const Intake intake = take();
  EXPECT_THAT(program(), ElementsAre("$(id).py", "-rf", "server.py"));
  EXPECT_THAT(told(intake),
              ElementsAre("\x1b[2J.py: a control character in its name", "back\\slash: a backslash in its name",
                          "new\nline.py: a control character in its name"));
}

TEST_F(FolderIntake, RefusesDepth) {
  std::string deep = "20261234/";
  for (int i = 0; i < 40; ++i) deep += "d/";
  hand_in(deep + "server.py", "x");
  const Intake intake = take();
  EXPECT_EQ(intake.state, State::empty);
  ASSERT_EQ(intake.rejected.size(), 1u);
  EXPECT_EQ(intake.rejected[0].reason, "more than 16 folders deep");
}

TEST_F(FolderIntake, RefusesNamesThatDifferOnlyInCaseOrComposition) {
  hand_in("20261234/Server.py", "1");
  hand_in("20261234/server.py", "2");
  hand_in("20261234/src/a.c", "3");
  hand_in("20261234/SRC/b.c", "4");
  const Intake intake = take();
  EXPECT_THAT(program(), ElementsAre("SRC/b.c", "Server.py"));
  EXPECT_THAT(told(intake), ElementsAre("server.py: its name differs from Server.py only in upper and lower case",
                                        "src/a.c: its name differs from SRC only in upper and lower case"));
}

TEST_F(FolderIntake, LeavesOutWhatSystemsLeaveBehind) {
  for (const char* name : {".DS_Store", "._server.py", "__pycache__/server.cpython-311.pyc", ".git/config", "Thumbs.db",
                           "Server.class", "server.o", "server.py"}) {
    hand_in(std::string("20261234/") + name, "x");
  }
  EXPECT_THAT(told(take()), IsEmpty());
  EXPECT_THAT(program(), ElementsAre("server.py"));
}

TEST_F(FolderIntake, WantsADestinationOfItsOwn) {
  create_folders(taken());
  write_file_atomically(taken() / "other", "x");
  EXPECT_THROW(take_in(handed_in(), {id, "", "", "", ""}, taken()), EnvironmentError);
  EXPECT_THROW(take_in(handed_in() / "missing", {id, "", "", "", ""}, taken()), EnvironmentError);
}

TEST_F(FolderIntake, ListsWhatBelongsToNobody) {
  for (const char* name : {"20261234.zip", "20261234.ZIP", "20261234.jpg", "홍길동.zip", ".DS_Store", "20261234.tar.gz",
                           "20261234.png", "roster.csv"}) {
    hand_in(name, "x");
  }
  EXPECT_THAT(unclaimed(handed_in(), {{id, "", "", "", ""}}), ElementsAre("20261234.jpg", "roster.csv", "홍길동.zip"));
}

}  // namespace
}  // namespace echolab::submission

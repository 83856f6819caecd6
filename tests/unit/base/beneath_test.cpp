#include "lab/base/beneath.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>

#include "lab/base/error.h"
#include "tests/support/temporary_folder.h"

namespace echolab {
namespace {

class Beneath : public testing::Test {
 protected:
  Beneath() {
    create_folders(folder / "inside/deeper");
    write_file_atomically(folder / "secret", "outside");
    write_file_atomically(folder / "inside/deeper/file", "content");
    inside = open_folder(folder / "inside");
  }
  test::TemporaryFolder folder;
  UniqueFd inside;
};

TEST_F(Beneath, OpensWhatIsThere) {
  EXPECT_TRUE(open_beneath(inside.get(), "deeper/file", O_RDONLY).fd);
  EXPECT_EQ(open_beneath(inside.get(), "nothing", O_RDONLY).error, ENOENT);
}

TEST_F(Beneath, NeverLeavesTheFolder) {
  EXPECT_EQ(open_beneath(inside.get(), "../secret", O_RDONLY).error, EXDEV);
  EXPECT_EQ(open_beneath(inside.get(), (folder / "secret").string(), O_RDONLY).error, EXDEV);
  EXPECT_EQ(open_beneath(inside.get(), "deeper/../../secret", O_RDONLY).error, EXDEV);
}

TEST_F(Beneath, FollowsNoLinkNotEvenInside) {
  std::filesystem::create_symlink("deeper", folder / "inside/link");
  EXPECT_EQ(open_beneath(inside.get(), "link/file", O_RDONLY).error, ELOOP);
  EXPECT_EQ(open_beneath(inside.get(), "link", O_RDONLY).error, ELOOP);
  EXPECT_EQ(look_beneath(inside.get(), "link").kind, FileKind::symbolic_link);
}

TEST_F(Beneath, TellsKindsWithoutOpening) {
  ASSERT_EQ(::mkfifo((folder / "inside/fifo").c_str(), 0600), 0);
  const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (folder / "inside/socket").string().copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(look_beneath(inside.get(), "deeper").kind, FileKind::folder);
  EXPECT_EQ(look_beneath(inside.get(), "deeper/file").kind, FileKind::regular);
  EXPECT_EQ(look_beneath(inside.get(), "fifo").kind, FileKind::fifo) << "opening it would wait for a writer";
  EXPECT_EQ(look_beneath(inside.get(), "socket").kind, FileKind::socket);
  EXPECT_EQ(look_beneath(inside.get(), "nothing").error, ENOENT);
}

TEST_F(Beneath, ListsSortedAndBounded) {
  for (const char* name : {"c", "a", "b"}) write_file_atomically(folder / "inside/deeper" / name, "");
  const UniqueFd deeper = open_folder(folder / "inside/deeper");
  const std::vector<std::string> expected{"a", "b", "c", "file"};
  EXPECT_EQ(list_folder(deeper.get(), 4, "x"), expected);
  EXPECT_EQ(list_folder(deeper.get(), 4, "x"), expected) << "a second time";
  EXPECT_EQ(list_folder(deeper.get(), 3, "x"), std::nullopt);
}

TEST_F(Beneath, NamesAFolderThatIsNotThere) {
  EXPECT_THROW(open_folder(folder / "missing"), EnvironmentError);
}

}  // namespace
}  // namespace echolab

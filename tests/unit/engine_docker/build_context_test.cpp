// The archive that an image is built from.

#include "lab/engine/docker/build_context.h"

#include <gtest/gtest.h>

#include "lab/base/error.h"
#include "lab/base/file.h"
#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

namespace echolab::engine::docker {
namespace {

// As tar reads it: "-rw-r--r-- 0/0 5 2026-… name" becomes "-rw-r--r-- name".
std::string listing(const test::TemporaryFolder& folder, const std::string& archive) {
  write_file_atomically(folder / "archive.tar", archive);
  const auto tar = test::run_program(
      {.argv = {"tar", "--numeric-owner", "--quoting-style=literal", "-tvf", (folder / "archive.tar").string()}});
  EXPECT_EQ(tar.status, 0) << tar.err;
  return tar.out;
}

TEST(BuildContext, EqualFoldersGiveEqualBytes) {
  const test::TemporaryFolder one, other;
  for (const auto* const folder : {&one, &other}) {
    create_folders(*folder / "bundle/src");
    write_file_atomically(*folder / "bundle/src/main.c", "int main;\n");
    write_file_atomically(*folder / "bundle/Makefile", "all:\n");
  }
  EXPECT_EQ(tar_of_folder(one / "bundle"), tar_of_folder(other / "bundle"));
}

TEST(BuildContext, AFolderStandsBelowAnotherBehindOtherFiles) {
  const test::TemporaryFolder folder;
  create_folders(folder / "bundle");
  write_file_atomically(folder / "bundle/Dockerfile", "FROM scratch\n");
  write_file_atomically(folder / "bundle/.dockerignore", "*\n");
  const std::string archive = tar_of_folder(folder / "bundle", "submission", {{"Dockerfile", "FROM ours\n"}});
  EXPECT_EQ(archive.size() % 512, 0u);
  const std::string names = listing(folder, archive);
  const auto ours = names.find(" Dockerfile\n"), theirs = names.find(" submission/Dockerfile\n");
  EXPECT_LT(ours, theirs) << names;
  EXPECT_NE(theirs, std::string::npos) << names;
  EXPECT_NE(names.find(" submission/.dockerignore\n"), std::string::npos) << names;
  EXPECT_EQ(names.find(" .dockerignore\n"), std::string::npos) << names;
}

TEST(BuildContext, LongPathsAreKeptWhole) {
  const test::TemporaryFolder folder;
  // Around the 100 bytes of the plain header, and around lengths where the record's own length gets a digit more.
  for (const std::size_t length : {79u, 80u, 81u, 82u, 150u, 240u}) {
    const std::string name(length, 'n'), deep = std::string(200, 'd');
    create_folders(folder / "bundle" / deep / deep);
    write_file_atomically(folder / "bundle" / name, "short");
    write_file_atomically(folder / "bundle" / deep / deep / name, "deep");
  }
  const std::string names = listing(folder, tar_of_folder(folder / "bundle", "a-folder-of-20-bytes"));
  for (const std::size_t length : {79u, 80u, 81u, 82u, 150u, 240u}) {
    const std::string name(length, 'n'), deep = std::string(200, 'd');
    EXPECT_NE(names.find(" a-folder-of-20-bytes/" + name + "\n"), std::string::npos) << length;
    EXPECT_NE(names.find(" a-folder-of-20-bytes/" + deep + "/" + deep + "/" + name + "\n"), std::string::npos)
        << length;
  }
}

TEST(BuildContext, LinksAreRefused) {
  const test::TemporaryFolder folder;
  create_folders(folder / "bundle");
  std::filesystem::create_symlink("/etc/shadow", folder / "bundle/notes.txt");
  EXPECT_THROW(tar_of_folder(folder / "bundle"), EnvironmentError);
}

}  // namespace
}  // namespace echolab::engine::docker

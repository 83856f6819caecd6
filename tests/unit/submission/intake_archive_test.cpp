// Archives of students: what honest tools write, and every trick that an archive can play.

#include "lab/base/cp949.h"
#include "lab/base/unicode.h"
#include "tests/support/child_process.h"
#include "tests/unit/submission/archives.h"
#include "tests/unit/submission/class_folder.h"

namespace echolab::submission {
namespace {

using test::TarBuilder;
using test::told;
using test::ZipBuilder;
using test::ZipEntry;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using State = Intake::State;

class ArchiveIntake : public test::ClassFolder {
 protected:
  Intake take_zip(const ZipBuilder& zip, const IntakeLimits& limits = {}) {
    hand_in("20261234.zip", zip.bytes());
    return take(limits);
  }
  Intake take_tar(TarBuilder& tar, const std::string& ending = ".tar") {
    hand_in(std::string(id) + ending, tar.bytes());
    return take();
  }
};

TEST_F(ArchiveIntake, UnpacksAZip) {
  const std::string text = "print('server')\n";
  const Intake intake =
      take_zip(ZipBuilder()
                   .add(ZipEntry{.name = "src/", .content = "", .unix_mode = 040755})
                   .add(ZipEntry{.name = "src/run.sh", .content = "#!/bin/sh\n", .unix_mode = 0104755})
                   .add(ZipEntry{.name = "server.py",
                                 .content = test::deflated(text),
                                 .method = 8,
                                 .claimed_size = static_cast<std::uint32_t>(text.size()),
                                 .crc = test::crc_of(text)}));
  EXPECT_EQ(intake.state, State::taken) << intake.reason;
  EXPECT_THAT(program(), ElementsAre("server.py", "src/run.sh"));
  EXPECT_EQ(content("server.py"), text);
  const auto mode = std::filesystem::status(taken() / "program/src/run.sh").permissions();
  EXPECT_EQ(static_cast<unsigned>(mode), 0755u) << "executable, without set-user-id";
}

TEST_F(ArchiveIntake, UnpacksTars) {
  for (const char* const ending : {".tar", ".tar.gz", ".tgz", ".zip"}) {  // the content counts, not the name
    TarBuilder tar(std::string(ending) != ".tar");
    tar.add("./server.c", "int main(void) {}").add("a/b.h", "");
    const Intake intake = take_tar(tar, ending);
    EXPECT_EQ(intake.state, State::taken) << ending << ": " << intake.reason;
    EXPECT_THAT(program(), ElementsAre("a/b.h", "server.c")) << ending;
    std::filesystem::remove(handed_in() / (std::string(id) + ending));
  }
}

// Python's zip to a pipe has sizes behind the data, as macOS writes them; its tars come in three formats.
TEST_F(ArchiveIntake, UnpacksWhatOthersWrite) {
  constexpr const char* script = R"(
import io, sys, tarfile, zipfile
class Pipe(io.RawIOBase):
    def __init__(self, file): self.file = file
    def writable(self): return True
    def write(self, data): return self.file.write(data)
how, target = sys.argv[1:]
files = {'서버/server.py': b'print()', '서버/' + 'long' * 20 + '.txt': b'x' * 5000}
with open(target, 'wb') as out:
    if how == 'zip':
        with zipfile.ZipFile(Pipe(out), 'w', zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items(): archive.writestr(name, data)
    else:
        with tarfile.open(fileobj=out, mode='w:gz', format=int(how)) as archive:
            for name, data in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
)";
  for (const std::string how : {"zip", "0", "1", "2"}) {  // ustar, GNU, pax
    const std::string name = std::string(id) + (how == "zip" ? ".zip" : ".tar.gz");
    const auto written =
        echolab::test::run_program({.argv = {"python3", "-c", script, how, (handed_in() / name).string()}});
    ASSERT_EQ(written.status, 0) << written.err;
    const Intake intake = take();
    EXPECT_EQ(intake.state, State::taken) << how << ": " << intake.reason;
    EXPECT_EQ(program().size(), 2u) << how;
    EXPECT_EQ(content("server.py"), "print()") << how;
    std::filesystem::remove(handed_in() / name);
  }
}

TEST_F(ArchiveIntake, StripsAWrappingFolderButNotThatOfARole) {
  EXPECT_EQ(take_zip(ZipBuilder().add("hw1/hw1/a.py", "x").add("hw1/server.py", "y")).state, State::taken);
  EXPECT_THAT(program(), ElementsAre("hw1/a.py", "server.py"));
  EXPECT_EQ(take_zip(ZipBuilder().add("server/Dockerfile", "x")).state, State::taken);
  EXPECT_THAT(program(), ElementsAre("server/Dockerfile"));
}

TEST_F(ArchiveIntake, FindsHandInsInside) {
  const Intake intake =
      take_zip(ZipBuilder().add("hw/server.py", "x").add("hw/20261234.pcapng", "c").add("hw/20261234.PNG", "p"));
  ASSERT_TRUE(intake.capture && intake.picture);
  EXPECT_EQ(read_file(*intake.capture), "c");
  EXPECT_EQ(intake.picture->filename(), "20261234.png");
  EXPECT_THAT(program(), ElementsAre("server.py"));
}

TEST_F(ArchiveIntake, ReadsKoreanNames) {
  const Intake intake = take_zip(ZipBuilder()
                                     .add(*to_cp949("서버.py"), "1")
                                     .add(ZipEntry{.name = to_nfd("클라이언트.py"), .content = "2", .utf8_name = true})
                                     .add(ZipEntry{.name = "\xff\xfe.py", .content = "3"})
                                     .add("ok.py", "4"));
  EXPECT_THAT(program(), ElementsAre("ok.py", "서버.py", "클라이언트.py"));
  EXPECT_THAT(told(intake), ElementsAre("\xff\xfe.py: its name is neither UTF-8 nor CP949"));
}

TEST_F(ArchiveIntake, NeverWritesOutside) {
  const Intake intake = take_zip(ZipBuilder()
                                     .add("../secret", "overwritten")
                                     .add("a/../../../secret", "overwritten")
                                     .add("/tmp/echolab-evil", "absolute")
                                     .add("..\\secret", "as on Windows")
                                     .add("C:\\evil", "drive")
                                     .add("ok/..hidden", "fine")
                                     .add("ok/x", ""));
  EXPECT_THAT(program(), ElementsAre("..hidden", "x"));
  EXPECT_THAT(told(intake),
              ElementsAre("../secret: its name leaves the folder (..)",
                          "a/../../../secret: its name leaves the folder (..)", "/tmp/echolab-evil: an absolute name",
                          "../secret: its name leaves the folder (..)", "C:/evil: an absolute name"));
  EXPECT_FALSE(std::filesystem::exists("/tmp/echolab-evil"));
}

TEST_F(ArchiveIntake, WritesThroughNoLink) {
  TarBuilder tar;
  tar.symlink("out", "..").add("out/secret", "overwritten").symlink("server.py", "../../secret");
  tar.hard_link("hard.py", "../../secret").add("server.py", "own");
  tar.add("fifo", "", 0644, AE_IFIFO).add("null", "", 0644, AE_IFCHR).add("disk", "", 0644, AE_IFBLK);
  const Intake intake = take_tar(tar);
  EXPECT_THAT(program(), ElementsAre("out/secret", "server.py"));
  EXPECT_EQ(content("server.py"), "own");
  EXPECT_THAT(told(intake), ElementsAre("out: a symbolic link", "server.py: a symbolic link", "hard.py: a hard link",
                                        "fifo: a FIFO", "null: a device", "disk: a device"));
}

TEST_F(ArchiveIntake, RefusesLinksInZips) {
  const Intake intake = take_zip(
      ZipBuilder().add(ZipEntry{.name = "link", .content = "../secret", .unix_mode = 0120777}).add("a.py", "x"));
  EXPECT_THAT(told(intake), ElementsAre("link: a symbolic link"));
  EXPECT_THAT(program(), ElementsAre("a.py"));
}

TEST_F(ArchiveIntake, RefusesDuplicatesAndCaseClashes) {
  const Intake intake = take_zip(ZipBuilder()
                                     .add("server.py", "first")
                                     .add("server.py", "second")
                                     .add("SERVER.py", "third")
                                     .add("server.py/x", "fourth")
                                     .add("dir/x", "5")
                                     .add("dir", "6"));
  EXPECT_THAT(program(), ElementsAre("dir/x", "server.py"));
  EXPECT_EQ(content("server.py"), "first");
  EXPECT_THAT(told(intake), ElementsAre("server.py: a second file of that name",
                                        "SERVER.py: its name differs from server.py only in upper and lower case",
                                        "server.py/x: server.py is both a file and a folder",
                                        "dir: dir is both a file and a folder"));
}

TEST_F(ArchiveIntake, StopsABombByItsRatio) {
  const std::string zeros(8u << 20, '\0');
  ZipBuilder zip;
  zip.add(ZipEntry{.name = "zeros",
                   .content = test::deflated(zeros),
                   .method = 8,
                   .claimed_size = static_cast<std::uint32_t>(zeros.size()),
                   .crc = test::crc_of(zeros)});
  const Intake intake = take_zip(zip);
  EXPECT_EQ(intake.state, State::unreadable);
  EXPECT_EQ(intake.reason, "20261234.zip: its archive unpacks to more than 250 times its size");
  EXPECT_THAT(program(), IsEmpty());
}

// As 42.zip: headers claim one byte, the data are 64 MiB.
TEST_F(ArchiveIntake, BelievesNoHeader) {
  const std::string zeros(64u << 20, '\0');
  ZipBuilder zip;
  zip.add(ZipEntry{.name = "small", .content = test::deflated(zeros), .method = 8, .claimed_size = 1});
  const Intake intake = take_zip(zip);
  EXPECT_EQ(intake.state, State::unreadable);
  EXPECT_THAT(intake.reason, HasSubstr("20261234.zip: its archive"));
  EXPECT_THAT(program(), IsEmpty());
}

TEST_F(ArchiveIntake, BoundsWhatUnpacksInAll) {
  IntakeLimits limits;
  limits.all_bytes = 1000;
  limits.hand_in_bytes = 0;
  const Intake intake = take_zip(ZipBuilder().add("a", std::string(600, 'a')).add("b", std::string(600, 'b')), limits);
  EXPECT_EQ(intake.state, State::unreadable);
  EXPECT_THAT(intake.reason, HasSubstr("more than 1000 B"));
}

TEST_F(ArchiveIntake, RejectsASingleFileThatIsTooLarge) {
  IntakeLimits limits;
  limits.file_bytes = 100;
  const Intake intake =
      take_zip(ZipBuilder().add("big", std::string(101, 'b')).add("ok", std::string(100, 'o')), limits);
  EXPECT_EQ(intake.state, State::taken);
  EXPECT_THAT(program(), ElementsAre("ok"));
  EXPECT_THAT(told(intake), ElementsAre("big: larger than 100 B"));
}

TEST_F(ArchiveIntake, BoundsTheNumberOfEntries) {
  IntakeLimits limits;
  limits.files = 5;
  ZipBuilder files, folders;
  for (int i = 0; i < 6; ++i) files.add(std::to_string(i), "");
  for (int i = 0; i < 51; ++i)
    folders.add(ZipEntry{.name = std::to_string(i) + "/", .content = "", .unix_mode = 040755});
  EXPECT_EQ(take_zip(files, limits).reason, "20261234.zip has more than 5 files");
  EXPECT_EQ(take_zip(folders, limits).reason, "20261234.zip: its archive has more than 50 entries");
}

TEST_F(ArchiveIntake, BoundsTheDirectory) {
  ZipBuilder zip;
  for (int i = 0; i < 90'000; ++i) zip.add(std::to_string(i), "");
  EXPECT_EQ(take_zip(zip).reason, "20261234.zip: its archive has an endless directory or header");
}

TEST_F(ArchiveIntake, SaysThatItIsEncrypted) {
  const Intake intake =
      take_zip(ZipBuilder().add(ZipEntry{.name = "server.py", .content = std::string(40, 'x'), .flags = 1}));
  EXPECT_EQ(intake.state, State::empty);
  EXPECT_THAT(intake.reason, HasSubstr("it is encrypted: hand it in without a password"));
}

TEST_F(ArchiveIntake, RefusesRareCompression) {
  const Intake intake = take_zip(ZipBuilder().add(ZipEntry{.name = "a", .content = "x", .method = 98}).add("b", "x"));
  EXPECT_THAT(program(), ElementsAre("b"));
  ASSERT_EQ(intake.rejected.size(), 1u);
  EXPECT_THAT(intake.rejected[0].reason, HasSubstr("compressed in a way that is not supported"));
}

TEST_F(ArchiveIntake, RefusesDamagedData) {
  const Intake intake = take_zip(ZipBuilder().add(ZipEntry{.name = "a", .content = "hello", .crc = 12345}));
  EXPECT_EQ(intake.state, State::unreadable);
  EXPECT_THAT(intake.reason, HasSubstr("cut off or damaged"));
  EXPECT_THAT(program(), IsEmpty());
}

TEST_F(ArchiveIntake, RefusesEveryTruncation) {
  TarBuilder tar(true);
  tar.add("server.py", std::string(3000, 'x')).add("b", "y");
  const std::string gz = tar.bytes();
  const std::string zip = ZipBuilder().add("server.py", std::string(300, 'x')).bytes();
  for (const auto& [ending, bytes] : {std::pair<std::string, std::string>{".tar.gz", gz}, {".zip", zip}}) {
    for (std::size_t length = 0; length + 9 < bytes.size(); length += 1 + bytes.size() / 40) {
      hand_in(id + ending, bytes.substr(0, length));
      const Intake intake = take();
      EXPECT_EQ(intake.state, State::unreadable) << ending << " cut to " << length;
      EXPECT_FALSE(intake.reason.empty());
      EXPECT_THAT(program(), IsEmpty());
    }
    std::filesystem::remove(handed_in() / (id + ending));
  }
}

TEST_F(ArchiveIntake, NamesOtherFormats) {
  hand_in("20261234.zip", "Rar!\x1a\x07");
  EXPECT_THAT(take().reason, HasSubstr("of format RAR: only zip, tar and tar.gz are read"));
  hand_in("20261234.zip", "7z\xbc\xaf\x27\x1c....");
  EXPECT_THAT(take().reason, HasSubstr("of format 7z"));
  hand_in("20261234.zip", "ALZ\x01....");
  EXPECT_THAT(take().reason, HasSubstr("of format ALZ"));
  hand_in("20261234.zip", "");
  EXPECT_THAT(take().reason, HasSubstr("its archive is empty"));
  hand_in("20261234.zip", "hello, world");
  EXPECT_THAT(take().reason, HasSubstr("20261234.zip: its archive"));
}

TEST_F(ArchiveIntake, StopsABombInATar) {
  TarBuilder tar(true);
  tar.add("zeros.bin", std::string(40u << 20, '\0')).add("server.py", "x");
  const Intake intake = take_tar(tar, ".tar.gz");
  EXPECT_EQ(intake.state, State::unreadable);
  EXPECT_THAT(intake.reason, HasSubstr("times its size"));
}

TEST_F(ArchiveIntake, PrefersTheFolderAndSaysSo) {
  hand_in("20261234/server.py", "folder");
  hand_in("20261234.zip", ZipBuilder().add("server.py", "zip").bytes());
  const Intake intake = take();
  EXPECT_EQ(content("server.py"), "folder");
  EXPECT_THAT(told(intake), ElementsAre("20261234.zip: not read: 20261234 is there too"));
}

}  // namespace
}  // namespace echolab::submission

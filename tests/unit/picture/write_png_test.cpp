// The pictures themselves, against pictures that somebody looked at. ECHOLAB_UPDATE_GOLDEN=1 writes these anew; look at
// them before you commit them.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "lab/base/error.h"
#include "lab/base/file.h"
#include "lab/picture/terminals.h"
#include "tests/support/tool.h"
#include "tests/unit/picture/decoded_png.h"

namespace echolab::picture {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string header = "20261234 홍길동 · udp-echo · passed";
const std::string client =
    "local endpoint 0.0.0.0:40211\n> 네트워크공학과 20261234 홍길동\n"
    "198.18.0.2:5000 -> 네트워크공학과 20261234 홍길동\n> \nbye\n";

Grid one() {
  return lay_out(header, {{"client-1", client}}, {60, 40});
}

Grid two() {
  return lay_out(header,
                 {{"server",
                   "echo server listening on 0.0.0.0:5000\n"
                   "198.18.0.3:40211 -> 네트워크공학과 20261234 홍길동\n"
                   "\x1b[32mOK\x1b[0m 1 datagram, \x1b[1;31m0 errors\x1b[0m, \x1b[38;5;208morange\x1b[0m, "
                   "\x1b[44mblue\x1b[0m, \x1b[7minverse\x1b[0m, \x1b[30;40mhidden\x1b[0m\n"
                   "\xc8\xab\xb1\xe6\xb5\xbf in CP949\n"},
                  {"client-1", client}},
                 {64, 40});
}

Grid three() {
  std::string lines;
  for (int i = 1; i <= 100; ++i) lines += "line " + std::to_string(i) + "\n";
  return lay_out(header, {{"server", lines}, {"client-1", std::string(100, 'x') + " wrapped\n"}, {"client-2", ""}},
                 {40, 9});
}

Grid hostile() {
  return lay_out("=cmd|'/C calc'!A0 \u202e \x1b[2J",
                 {{"server\n",
                   "\x1b[2J\x1b[H\x1b]0;title\x07 after\n"
                   "\u202egnp.exe zero\u200bwidth \a \xff\n"
                   "x\u0336\u0336\u0336\u0336\u0336\u0336\u0336\u0336 |\n"
                   "progress 10%\rprogress 100%\n"}},
                 {60, 40});
}

Grid signs() {
  return lay_out("signs",
                 {{"box drawing, blocks, fallback and missing letters",
                   "┌─┬─┐ ╔═╦═╗ ┏━┳━┓ ╭─╮ ╒═╤╕ ╓─╥╖ ▁▂▃▄▅▆▇█ ░▒▓ ╱╲╳\n"
                   "├─┼─┤ ╠═╬═╣ ┣━╋━┫ │ │ ╞═╪╡ ╟─╫╢ ▏▎▍▌▋▊▉▐ ▖▗▘▙▚▛▜▝▞▟ ▀▔▕\n"
                   "└─┴─┘ ╚═╩═╝ ┗━┻━┛ ╰─╯ ╘═╧╛ ╙─╨╜ ┄┅┈┉╌╍ ┆┇┊┋╎╏ ╴╵╶╷╸╹╺╻╼╽╾╿\n"
                   "┍┎┑┒┕┖┙┚ ┝┞┟┠┡┢ ┥┦┧┨┩┪ ┭┮┯┰┱┲ ┵┶┷┸┹┺ ┽┾┿╀╁╂╃╄╅╆╇╈╉╊\n"
                   "→ ✓ ✗ ① ° … € ± é q\u0323 ß Ж λ \U0001F600 \u0E01 \U00013000\n"}},
                 {64, 40});
}

struct Case {
  const char* name;
  Grid (*grid)();
};

class Picture : public testing::TestWithParam<Case> {};

TEST_P(Picture, IsAsTheGoldenOne) {
  const test::TemporaryFolder folder;
  const Grid grid = GetParam().grid();
  const std::filesystem::path golden = std::string("tests/golden/picture/") + GetParam().name + ".png";
  write_png(grid, folder / "got.png");
  if (std::getenv("ECHOLAB_UPDATE_GOLDEN") != nullptr) write_png(grid, golden);
  EXPECT_THAT(differing_cells(grid, test::DecodedPng(folder / "got.png"), test::DecodedPng(golden)), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(All, Picture,
                         testing::Values(Case{"one", one}, Case{"two", two}, Case{"three", three},
                                         Case{"hostile", hostile}, Case{"signs", signs}),
                         [](const auto& one_case) { return std::string(one_case.param.name); });

TEST(WritePng, ComparisonSeesOneWrongLetter) {
  const test::TemporaryFolder folder;
  const Grid grid = two();
  Grid other = grid;
  Cell& cell = other.cells[static_cast<std::size_t>(5 * grid.columns + 1)];
  ASSERT_EQ(cell.text, "1");
  cell.text = "7";
  write_png(grid, folder / "a.png");
  write_png(other, folder / "b.png");
  const auto differences =
      differing_cells(grid, test::DecodedPng(folder / "b.png"), test::DecodedPng(folder / "a.png"));
  ASSERT_THAT(differences, SizeIs(1));
  EXPECT_THAT(differences[0], HasSubstr("row 5, column 1, '1'"));
}

TEST(WritePng, GivesEqualBytesForEqualGrids) {
  const test::TemporaryFolder folder;
  write_png(two(), folder / "a.png");
  write_png(two(), folder / "b.png");
  EXPECT_EQ(read_file(folder / "a.png"), read_file(folder / "b.png"));
  EXPECT_LT(std::filesystem::file_size(folder / "a.png"), 200'000u);
}

TEST(WritePng, HasTheSizeThatTheCellsSay) {
  const test::TemporaryFolder folder;
  const Grid grid = one();
  write_png(grid, folder / "a.png");
  const test::DecodedPng png(folder / "a.png");
  const CellPixels cell = cell_pixels();
  EXPECT_EQ(png.width, grid.columns * cell.width + 2 * cell.margin);
  EXPECT_EQ(png.height, grid.rows * cell.height + 2 * cell.margin);
}

TEST(WritePng, IsReadByAnotherLibrary) {
  const std::string python = "/usr/bin/python3";  // Debian's, which has Debian's python3-pil
  if (test::run_program({.argv = {python, "-c", "import PIL"}}).status != 0) GTEST_SKIP() << "python3-pil is missing";
  const test::TemporaryFolder folder;
  write_png(one(), folder / "a.png");
  const std::string script =
      "import sys\nfrom PIL import Image\nimage = Image.open(sys.argv[1])\nimage.load()\n"
      "print(image.format, image.mode, *image.size, image.text['Software'])";
  EXPECT_EQ(test::output_of({python, "-c", script, (folder / "a.png").string()}), "PNG RGB 594 256 echolab\n");
}

TEST(WritePng, BoxDrawingMeetsAcrossCells) {
  const test::TemporaryFolder folder;
  const Grid grid = lay_out("", {{"", "──\n││\n"}}, {4, 4});
  write_png(grid, folder / "a.png");
  const test::DecodedPng png(folder / "a.png");
  const CellPixels cell = cell_pixels();
  const int x0 = cell.margin + cell.width, y0 = cell.margin + 4 * cell.height;
  const auto text = std::array<int, 3>{0xd8, 0xd8, 0xd8};
  for (int x = 0; x < 2 * cell.width; ++x) EXPECT_EQ(png.at(x0 + x, y0 + cell.height / 2), text) << x;
  for (int y = 0; y < cell.height; ++y) {
    EXPECT_EQ(png.at(x0 + cell.width / 2, y0 + cell.height + y), text) << y;
  }
}

TEST(WritePng, NamesThePackagesOfMissingFonts) {
  const test::TemporaryFolder folder;
  ::setenv("ECHOLAB_FONTS", folder.path().c_str(), 1);
  try {
    write_png(one(), folder / "a.png");
    ADD_FAILURE() << "there are no fonts in an empty folder";
  } catch (const EnvironmentError& error) {
    EXPECT_THAT(error.tried(), HasSubstr(folder.path().string()));
    EXPECT_THAT(error.mend(), HasSubstr("fonts-naver-d2coding"));
    EXPECT_THAT(error.mend(), HasSubstr("fonts-dejavu-core"));
  }
  ::unsetenv("ECHOLAB_FONTS");
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(WritePng, LeavesNothingWhereItCannotWrite) {
  EXPECT_THROW(write_png(one(), "/nonexistent/folder/a.png"), EnvironmentError);
}

}  // namespace
}  // namespace echolab::picture
